"""Callbacks on a real Asterisk: promised by keys, dialled when an agent is free, once."""

import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio

from ivr.ports import SwitchEvent
from ivr.server.calling_back.allowed import refusal
from ivr.server.calling_back.dialler import Callbacks
from ivr.server.settings import CallbackSettings, project_root
from ivr.store.callbacks import CLOSED, DIALLING, DONE, CallbackStore
from ivr.store.database import default_url, open_database
from tests.calls.guests import PATIENCE, agent, guest, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import AgentPhone, Answer
from tests.phone.agent import Refuse

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

NUMBER = "13812345678"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home() -> AsyncIterator[AgentPhone]:
    """The telephone of whoever is called back, at an address of its own."""
    async with AgentPhone(username=NUMBER, behaviour=Answer(after=0.1)) as phone:
        yield phone


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline(home: AgentPhone) -> AsyncIterator[Hotline]:
    host, port = home.address
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        flow = project_root() / "tests/routing/data/callback.yaml"
        dial = f"PJSIP/anonymous/sip:{{number}}@{host}:{port}"
        settings = replace(
            settings_on_free_ports(Path(folder), flow=flow),
            callbacks=CallbackSettings(dial=dial, retry_seconds=1, blocked="139"),
        )
        async with open_hotline(settings) as running:
            yield running


async def asks_for(hotline: Hotline, number: str) -> str:
    """Call, wait in vain, key in a number, confirm it; gives how the call ended."""
    async with guest(hotline) as caller:
        await caller.reaches("number")
        await caller.call.press(f"{number}#", milliseconds=80, pause=0.08)
        await caller.reaches("sure")
        await caller.call.press("1")
        await caller.is_over()
        return str(caller.data("CallEnded")[0]["outcome"])


def store_of(hotline: Hotline) -> CallbackStore:
    assert hotline.house.record is not None
    return CallbackStore(hotline.house.record)


async def test_called_back_once_and_brought_to_an_agent(hotline: Hotline, home: AgentPhone) -> None:
    assert await asks_for(hotline, NUMBER) == "promised"
    async with agent(hotline, "chen") as chen:
        back = await home.next_call(PATIENCE)
        await back.answered
        answered = await chen.next_call(PATIENCE)
        await answered.answered
        await until(lambda: bool(hotline.of_kind("AgentAnswered")), "not joined")
        chosen = hotline.of_kind("QueueChosen")[-1]["data"]
        assert chosen["queue"] == "zh-loans.3"
        waited = chosen["facts"]["points"]
        assert waited > 0  # the place is that of the first call, not of this one
        await answered.hang_up()
        await back.ended
        store = store_of(hotline)
        await until(lambda: store.get(1).state == DONE, "still open")
        assert store.get(1).attempts == 1
        with pytest.raises(TimeoutError):
            await home.next_call(3.0)
    await no_channels(hotline)


async def test_three_failures_close_it_with_the_reason(hotline: Hotline, home: AgentPhone) -> None:
    home.behaviour = Refuse(486)
    assert await asks_for(hotline, NUMBER) == "promised"
    async with agent(hotline, "chen"):
        for _ in range(3):
            await (await home.next_call(PATIENCE)).ended
        store = store_of(hotline)
        await until(lambda: store.get(2).state == CLOSED, lambda: store.get(2))
        assert store.get(2).reason == "not reached, 3 times"
        with pytest.raises(TimeoutError):
            await home.next_call(3.0)
    home.behaviour = Answer(after=0.1)


@pytest.mark.parametrize("number", ["13912345678", "0044207946000", "123"])
async def test_blocked_and_foreign_numbers_are_refused(hotline: Hotline, number: str) -> None:
    assert await asks_for(hotline, number) == "refused"


async def test_rules() -> None:
    settings = CallbackSettings(dial="PJSIP/{number}@trunk", blocked="139, 400")
    assert refusal("13812345678", settings) == ""
    assert refusal("01012345678", settings) == ""
    assert refusal("4008001234", settings) == "a blocked number"
    assert refusal("+442079460000", settings) == "a foreign number"
    assert refusal("+442079460000", replace(settings, foreign=True)) == ""
    assert refusal("1;2", settings) == "no telephone number"
    assert refusal("13812345678", CallbackSettings()) == "callbacks are not set up"


async def test_a_restart_keeps_promises_and_counts_what_was_cut_off(tmp_path: Path) -> None:
    class Switch:
        async def channels(self) -> tuple[dict[str, str], ...]:
            answered = {"Uniqueid": "callback-4-1", "Context": "fallback"}
            return {"Uniqueid": "callback-2-1"}, answered

    url = default_url(tmp_path)
    store = CallbackStore(open_database(url))
    for number in ("1", "2", "3", "4"):
        store.add(number, 5.0, {})
    assert store.add("1", 9.0, {}).id == 1  # promised already
    for callback in (1, 2, 4):
        assert store.move(callback, "waiting", DIALLING)
    assert not store.move(1, "waiting", DIALLING)
    store = CallbackStore(open_database(url))
    callbacks = Callbacks(
        store,
        None,  # type: ignore[arg-type]
        Switch(),  # type: ignore[arg-type]
        CallbackSettings(dial="x", retry_seconds=60),
        clock=lambda: 100.0,
    )
    await callbacks.recover()
    states = {one.id: (one.state, one.attempts, one.due) for one in store.open()}
    assert states == {
        1: ("waiting", 1, 160.0),  # cut off in the middle: tried again
        2: ("dialling", 1, 0.0),  # rings still
        3: ("waiting", 0, 0.0),
    }
    assert store.get(4).state == DONE  # in Asterisk's fallback queue: nobody calls them again


async def test_who_answered_is_not_called_again_though_no_server_heard_them(
    tmp_path: Path,
) -> None:
    """One was heard to answer, one is up still, and one is nowhere: only that one is dialled."""

    class Switch:
        async def channels(self) -> tuple[dict[str, str], ...]:
            return tuple({"Uniqueid": f"callback-{n}-1"} for n in up)

        async def events(self) -> AsyncIterator[SwitchEvent]:
            for n in (1, 9):
                fields = {"Event": "OriginateResponse", "Response": "Success"}
                yield SwitchEvent({**fields, "Uniqueid": f"callback-{n}-1"})

    store = CallbackStore(open_database(default_url(tmp_path)))
    for callback in (1, 2, 3):
        store.add(str(callback), 5.0, {})
        store.move(callback, "waiting", DIALLING)
    desk, switch, up, now = SimpleNamespace(connected=True), Switch(), [1, 2, 3], [100.0]
    settings = CallbackSettings(dial="x", retry_seconds=60)
    callbacks = Callbacks(
        store, cast(Any, desk), cast(Any, switch), settings, lambda: 100.0, lambda: now[0]
    )
    await callbacks.recover()
    await callbacks.follow(switch.events())
    up[:] = [2]
    for now[0] in (150.0, 161.0):
        assert {one.state for one in store.open()} == {DIALLING}
        await callbacks._look()
    assert {n: (store.get(n).state, store.get(n).reason) for n in (1, 2, 3)} == {
        1: (DONE, "answered while no server listened"),
        2: (DONE, "answered while no server listened"),
        3: ("waiting", "no answer"),
    }
