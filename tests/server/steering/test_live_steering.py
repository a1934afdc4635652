"""Supervisors' orders on a real Asterisk: what each end hears, in every stage of a call."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from ivr.errors import IvrError, OrderRefused, UnknownCallError
from ivr.rehearsal.replay import Verdict, replay
from ivr.server.control.orders import BY, Orders
from tests.calls.guests import PATIENCE, Guest, agent, guest, no_channels, until
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import AgentPhone, Answer, Call, IncomingCall, RingOn
from tests.phone.agent import Behaviour
from tests.phone.tones import loudest, tone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CALLER, AGENT, SUPERVISOR = 600.0, 820.0, 1040.0
"""Each party's tone, in hertz."""
HEARD = 3000.0
"""Of a tone of amplitude 6000; speech and music of the hotline hold less of one frequency."""
STOPS_WITHIN = 8.0
"""Seconds until a telephone stops ringing for a call that is over; by itself it rings for 15."""
SECONDS = 0.8
WINDOW = 0.5


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as running:
            yield running


@asynccontextmanager
async def supervisor(hotline: Hotline, behaviour: Behaviour | None = None) -> Any:
    plan = hotline.plan
    async with AgentPhone(
        username="agent-gu",
        password=hotline.password("gu"),
        registrar=f"sip:{plan.address}:{plan.sip_port}",
        behaviour=behaviour or Answer(after=0.1),
    ) as phone:
        yield phone


async def ordered(hotline: Hotline, order: str, caller: Guest, **words: str) -> Any:
    told = {"call": caller.call_id, **words, BY: "gu"}
    return await Orders(hotline.house).obey(f"calls.{order}", told)


async def refused(hotline: Hotline, order: str, caller: Guest, **words: str) -> str:
    before = caller.nodes
    with pytest.raises(IvrError) as caught:
        await ordered(hotline, order, caller, **words)
    assert caller.nodes == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


async def up(phone: AgentPhone) -> IncomingCall:
    call = await phone.next_call(PATIENCE)
    await call.answered
    return call


async def hears(speaker: Call, hertz: float, by: list[Call], not_by: list[Call]) -> None:
    """`speaker` sounds their tone: everybody in `by` hears it, nobody in `not_by` does."""
    since = {id(call): call.now for call in (*by, *not_by)}
    await speaker.speak(tone(hertz, SECONDS))

    def level(call: Call) -> float:
        return loudest(call.heard.between(since[id(call)]), hertz, WINDOW)

    await until(
        lambda: all(level(call) > HEARD for call in by),
        lambda: f"{hertz} Hz is heard as {[round(level(call)) for call in by]}",
    )
    # What was said has arrived at the last of them: it would have at these, too.
    await until(lambda: all(c.now > since[id(c)] + SECONDS + 0.5 for c in not_by), "time stands")
    assert [round(level(call)) for call in not_by if level(call) > HEARD] == []


async def talk(one: Call, its: float, other: Call, others: float) -> None:
    """Both hear each other, as soon as they are joined."""
    for speaker, hertz, listener in ((one, its, other), (other, others, one)):
        for _ in range(10):
            since = listener.now
            await speaker.speak(tone(hertz, SECONDS))
            await asyncio.sleep(0.3)
            if loudest(listener.heard.between(since), hertz, WINDOW) > HEARD:
                break
        else:
            raise AssertionError(f"{hertz} Hz is not heard")


async def line_is_free(hotline: Hotline) -> None:
    steering = hotline.house.steering
    assert steering is not None
    await until(lambda: steering.phones.line("gu") is None, "the telephone is in use")


async def report_a_lost_card(caller: Guest, times: int = 1) -> None:
    await caller.listens(0.3)
    await caller.call.press("#3")
    await caller.reaches("card_loss", times)
    await confirm(caller, times)


async def confirm(caller: Guest, times: int = 1) -> None:
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm", times)
    await caller.call.press("1")
    await caller.reaches("card_loss_agent", times)


def replays(hotline: Hotline, caller: Guest) -> None:
    """The journal with its orders gives the same again."""
    plans = hotline.house.plans
    assert replay(caller.records, plans.book, plans.flow).verdict is Verdict.SAME


async def test_a_talk_with_the_bot(hotline: Hotline) -> None:
    async with supervisor(hotline) as gu, guest(hotline) as caller:
        await caller.listens(0.3)
        assert "take the call over" in await refused(hotline, "whisper", caller, phone="gu")
        assert "take the call over" in await refused(hotline, "barge", caller, phone="gu")
        assert "did you mean gu" in await refused(hotline, "listen", caller, phone="guu")
        answer = await ordered(hotline, "listen", caller, phone="gu")
        assert answer["keys"] == {}
        listening = await up(gu)
        await listening.heard_sound(after=listening.now)  # the hotline's own voice
        await hears(caller.call, CALLER, by=[listening], not_by=[])
        await hears(listening, SUPERVISOR, by=[], not_by=[caller.call])
        assert "in use" in await refused(hotline, "listen", caller, phone="gu")
        await listening.hang_up()
        await line_is_free(hotline)
        assert (await caller.sees("OrderEnded"))["order"] == "listen"

        assert "did you mean card_loss" in await refused(hotline, "goto", caller, node="card_los")
        await ordered(hotline, "goto", caller, node="card_loss")
        await caller.reaches("card_loss")
        assert "did you mean forex" in await refused(hotline, "transfer", caller, skill="forx")
        assert "nobody" in await refused(hotline, "transfer", caller, skill="forex")

        async with agent(hotline, "li") as li:
            await ordered(hotline, "transfer", caller, skill="general")
            answered = await up(li)
            await caller.sees("AgentAnswered")
            await talk(caller.call, CALLER, answered, AGENT)
            await ordered(hotline, "goto", caller, node="main")
            await answered.ended
            await caller.call.heard_sound(after=caller.call.now)

        await ordered(hotline, "takeover", caller, phone="gu")
        taking = await up(gu)
        await caller.sees("TakenOver")
        await talk(caller.call, CALLER, taking, SUPERVISOR)
        await ordered(hotline, "hangup", caller)
        await caller.is_over()
        await taking.ended
    assert caller.data("CallEnded") == [{"outcome": "ordered"}]
    assert [data["by"] for data in caller.data("Ordered")] == ["gu"] * 6
    replays(hotline, caller)
    await no_channels(hotline)


async def test_nobody_answers(hotline: Hotline) -> None:
    async with guest(hotline) as caller:
        await caller.listens(0.3)
        assert "cannot be reached" in await refused(hotline, "takeover", caller, phone="gu")
        async with supervisor(hotline, RingOn()) as gu:
            async with asyncio.TaskGroup() as both:
                taking = both.create_task(refused(hotline, "takeover", caller, phone="gu"))
                ringing = await gu.next_call(PATIENCE)
                assert "another order" in await refused(hotline, "goto", caller, node="card_loss")
                ringing.refuse(486)
            assert "refused" in taking.result()
            async with asyncio.TaskGroup() as both:
                spying = both.create_task(refused(hotline, "listen", caller, phone="gu"))
                ringing = await gu.next_call(PATIENCE)
                await caller.call.hang_up()
                async with asyncio.timeout(STOPS_WITHIN):
                    await ringing.ended
            assert "the call ended while gu's telephone rang" in spying.result()
        await caller.is_over()
        for order, words in (("hangup", {}), ("listen", {"phone": "gu"}), ("goto", {"node": "x"})):
            with pytest.raises(UnknownCallError):
                await ordered(hotline, order, caller, **words)
    assert not caller.data("TakenOver")
    replays(hotline, caller)
    await no_channels(hotline)


async def test_a_caller_who_waits(hotline: Hotline) -> None:
    async with (
        supervisor(hotline) as gu,
        agent(hotline, "wang") as wang,
        guest(hotline) as first,
        guest(hotline) as caller,
    ):
        await report_a_lost_card(first)
        busy = await up(wang)
        await first.sees("AgentAnswered")
        await report_a_lost_card(caller)
        line = hotline.house.desk.line
        await until(lambda: len(line.callers) == 1, "nobody waits")
        assert "already" in await refused(hotline, "transfer", caller, skill="card_loss")
        assert "take the call over" in await refused(hotline, "whisper", caller, phone="gu")

        await ordered(hotline, "listen", caller, phone="gu")
        listening = await up(gu)
        await hears(caller.call, CALLER, by=[listening], not_by=[busy, first.call])
        # To another skill, with the same place in time; the listening goes on.
        async with agent(hotline, "li") as li:
            await ordered(hotline, "transfer", caller, skill="general")
            answered = await up(li)
            await caller.sees("AgentAnswered")
            await talk(caller.call, CALLER, answered, AGENT)
            await hears(caller.call, CALLER, by=[listening, answered], not_by=[busy])
            await listening.hang_up()
            await line_is_free(hotline)
            first_choice, second = caller.data("QueueChosen")
            assert first_choice["queue"] != second["queue"]
            assert first_choice["priority"] - second["priority"] < 60
            await ordered(hotline, "transfer", caller, skill="card_loss")
            await answered.ended
        await until(lambda: len(line.callers) == 1, "nobody waits")

        await ordered(hotline, "takeover", caller, phone="gu")
        taking = await up(gu)
        await talk(caller.call, CALLER, taking, SUPERVISOR)
        await taking.hang_up()
        await caller.is_over()
        await busy.hang_up()
        await first.is_over()
    replays(hotline, caller)
    await no_channels(hotline)


async def test_a_caller_who_rings_or_waits_is_hung_up(hotline: Hotline) -> None:
    async with agent(hotline, "wang", RingOn()) as wang, guest(hotline) as caller:
        await report_a_lost_card(caller)
        ringing = await wang.next_call(PATIENCE)
        # An agent's telephone rings: it stops, and the agent is not blamed for it.
        await ordered(hotline, "goto", caller, node="card_loss")
        await ringing.ended
        presence = hotline.house.desk.presence
        await until(lambda: presence["wang"].value == "ready", lambda: presence["wang"])
        assert not caller.data("AgentMissed")
        await confirm(caller, 2)
        await wang.next_call(PATIENCE)
        await ordered(hotline, "hangup", caller)
        await caller.is_over()
    assert caller.data("CallEnded") == [{"outcome": "ordered"}]
    replays(hotline, caller)
    await no_channels(hotline)


async def test_a_talk_with_an_agent(hotline: Hotline) -> None:
    async with (
        supervisor(hotline) as gu,
        agent(hotline, "wang") as wang,
        guest(hotline) as caller,
    ):
        await report_a_lost_card(caller)
        served = await up(wang)
        await caller.sees("AgentAnswered")
        await talk(caller.call, CALLER, served, AGENT)

        answer = await ordered(hotline, "listen", caller, phone="gu")
        assert answer["keys"] == {"listen": "4", "whisper": "5", "barge": "6"}
        spy = await up(gu)
        await hears(caller.call, CALLER, by=[spy, served], not_by=[])
        await hears(served, AGENT, by=[spy, caller.call], not_by=[])
        await hears(spy, SUPERVISOR, by=[], not_by=[caller.call, served])
        await ordered(hotline, "whisper", caller, phone="gu")
        await hears(spy, SUPERVISOR, by=[served], not_by=[caller.call])
        await spy.press("6")
        await hears(spy, SUPERVISOR, by=[served, caller.call], not_by=[])
        await spy.hang_up()
        await line_is_free(hotline)
        await ordered(hotline, "whisper", caller, phone="gu")
        spy = await up(gu)
        await hears(spy, SUPERVISOR, by=[served], not_by=[caller.call])
        await hears(caller.call, CALLER, by=[spy, served], not_by=[])
        await ordered(hotline, "barge", caller, phone="gu")
        await hears(spy, SUPERVISOR, by=[served, caller.call], not_by=[])

        # Who listens may take over: the telephone rings again, and the agent is parted.
        await ordered(hotline, "takeover", caller, phone="gu")
        await spy.ended
        taking = await up(gu)
        await served.ended
        await talk(caller.call, CALLER, taking, SUPERVISOR)
        await ordered(hotline, "transfer", caller, skill="card_loss")
        await taking.ended
        again = await up(wang)
        await caller.sees("AgentAnswered", 2)
        await talk(caller.call, CALLER, again, AGENT)
        # The call ends while somebody listens: they are hung up, too.
        await line_is_free(hotline)
        await ordered(hotline, "listen", caller, phone="gu")
        spy = await up(gu)
        await ordered(hotline, "hangup", caller)
        await caller.is_over()
        await spy.ended
        await line_is_free(hotline)
    assert caller.data("CallEnded") == [{"outcome": "ordered"}]
    replays(hotline, caller)
    await no_channels(hotline)


async def test_a_call_that_began_before_the_server(hotline: Hotline) -> None:
    """Asterisk holds it, and this process has no session for it."""
    house = hotline.house
    async with (
        supervisor(hotline) as gu,
        agent(hotline, "wang") as wang,
        guest(hotline) as caller,
    ):
        await report_a_lost_card(caller)
        served = await up(wang)
        await caller.sees("AgentAnswered")
        session = house.calls.pop(caller.call_id)
        transfer = house.transfers._under_way.pop(caller.call_id)
        try:
            for order, words in (
                ("goto", {"node": "main"}),
                ("transfer", {"skill": "general"}),
                ("takeover", {"phone": "gu"}),
            ):
                with pytest.raises(OrderRefused, match="only be listened to and hung up"):
                    await ordered(hotline, order, caller, **words)
            await ordered(hotline, "whisper", caller, phone="gu")
            spy = await up(gu)
            await hears(spy, SUPERVISOR, by=[served], not_by=[caller.call])
            await ordered(hotline, "hangup", caller)
            await caller.call.ended
            await spy.ended
        finally:
            house.calls[caller.call_id] = session
            house.transfers._under_way[caller.call_id] = transfer
        await caller.is_over()
    await no_channels(hotline)
