"""The picture of real calls: true while they go on, and again once a lost link is back."""

import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from ivr.dialogue.events import OrderGiven
from ivr.live.picture import Picture, Stage
from ivr.ports import SwitchEvent
from tests.callers import voices_of
from tests.calls.guests import PATIENCE, Guest, agent, guest, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.live.relay import Relay
from tests.phone import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

TRUE_WITHIN = 5.0
"""Seconds after the link is back, or an event was lost."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as running:
            yield running


def now(hotline: Hotline) -> Picture:
    return hotline.house.board.picture(time.time())


def stages(hotline: Hotline) -> dict[str, Stage]:
    return {row.call: row.stage for row in now(hotline).calls}


async def shows(
    hotline: Hotline, expected: Callable[[Picture], bool], timeout: float = PATIENCE
) -> Picture:
    await until(lambda: expected(now(hotline)), lambda: now(hotline).calls, timeout)
    return now(hotline)


def send_to_loans(hotline: Hotline, caller: Guest) -> None:
    hotline.house.calls[caller.call_id].post(OrderGiven("transfer", "loans"))


async def test_live_waiting_and_connected_calls_over_a_lost_link(hotline: Hotline) -> None:
    manager = hotline.house.desk._manager
    async with AsyncExitStack() as stack:
        relay = await stack.enter_async_context(Relay(hotline.plan.ami_port))
        phone = await stack.enter_async_context(Phone())
        manager.port = relay.port  # type: ignore[attr-defined]
        manager._link.close()  # type: ignore[attr-defined]
        await until(lambda: bool(relay.links), "the manager does not use the relay")
        await shows(hotline, lambda seen: seen.linked)

        talking, waiting, connected = [
            await stack.enter_async_context(guest(hotline, phone)) for _ in range(3)
        ]
        async with agent(hotline, "chen") as chen:
            send_to_loans(hotline, connected)
            current = await chen.next_call(PATIENCE)
            await current.answered
            await connected.sees("AgentAnswered")
            send_to_loans(hotline, waiting)
            seen = await shows(
                hotline,
                lambda seen: (
                    {row.stage for row in seen.calls} == set(Stage)
                    and any(row.position == 1 for row in seen.calls)
                ),
            )
            rows = {row.call: row for row in seen.calls}
            assert rows[connected.call_id].agent == "chen"
            assert rows[talking.call_id].node == talking.nodes[-1]
            assert rows[waiting.call_id].queue == rows[connected.call_id].queue
            assert not any(row.adopted for row in seen.calls)
            people = {row.agent: row for row in seen.agents}
            assert people["chen"].call == connected.call_id
            await shows(hotline, lambda seen: _presence(seen, "chen") == "busy")

            relay.cut()
            await shows(hotline, lambda seen: not seen.linked)
            await waiting.call.hang_up()
            await current.hang_up()
            await connected.call.hang_up()
        late = await stack.enter_async_context(guest(hotline, phone))
        await connected.is_over()
        await waiting.is_over()
        relay.mend()
        await shows(hotline, lambda seen: seen.linked)
        expected = {talking.call_id: Stage.TALKING, late.call_id: Stage.TALKING}
        seen = await shows(
            hotline,
            lambda seen: stages(hotline) == expected and _presence(seen, "chen") == "offline",
            TRUE_WITHIN,
        )
        assert all(row.call == "" for row in seen.agents)
        assert all(row.waiting == 0 for row in seen.queues)
        manager.port = hotline.plan.ami_port  # type: ignore[attr-defined]
        relay.cut()
        await until(lambda: manager.connected, "the manager does not come back")
    await no_channels(hotline)
    await shows(hotline, lambda seen: seen.calls == ())


async def test_what_was_lost_while_the_link_was_up_heals(hotline: Hotline) -> None:
    board = hotline.house.board
    loans = next(row.queue for row in now(hotline).queues if "loans" in row.queue)
    for number in range(3):  # Asterisk never told of the ends of these
        fields = {"Event": "QueueCallerJoin", "Uniqueid": f"1000.{number}", "Queue": loans}
        board.take_notice(SwitchEvent({**fields, "Position": "1"}), time.time())
    assert len(now(hotline).calls) == 3
    seen = await shows(hotline, lambda seen: seen.calls == (), TRUE_WITHIN)
    assert all(row.waiting == 0 for row in seen.queues)


def _presence(seen: Picture, name: str) -> str:
    return next(row.presence for row in seen.agents if row.agent == name)


async def test_a_spoken_turn_is_measured(hotline: Hotline) -> None:
    (said,) = await voices_of([("其他服务", 0.86)])
    tally = hotline.house.live.tally
    turns, decoded, before = tally.turns.count, tally.decoding.count, tally.turns.sum
    async with guest(hotline) as caller:
        await caller.listens(1.0)
        began, ended = await caller.call.speak(said)
        await until(lambda: tally.turns.count == turns + 1, "the answer has not begun")
        quiet = await caller.call.heard_silence(0.2, after=began, timeout=PATIENCE)
        answered = await caller.call.heard_sound(after=max(ended, quiet), timeout=PATIENCE)
    assert tally.decoding.count == decoded + 1
    heard = answered - ended  # by the caller's RTP; ours is without the network and the ends
    assert tally.turns.sum - before == pytest.approx(heard, abs=0.5)
    text = hotline.house.live.metrics(now(hotline)).decode()
    assert f"ivr_turn_seconds_count {turns + 1}.0" in text
