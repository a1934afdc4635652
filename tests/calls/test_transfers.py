"""Transfers that do not go smoothly: nobody there, nobody answering, and calls that crash."""

import pytest

from ivr.call import session
from ivr.dialogue.events import KeyPressed
from tests.calls.apart import meet
from tests.calls.guests import Guest, agent, guest, no_channels
from tests.house_fixture import Hotline
from tests.phone.agent import RingOn

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


async def to_the_loans_desk(caller: Guest) -> None:
    await caller.listens(0.3)
    await caller.call.press("#4")
    await caller.reaches("loans")
    await caller.call.press("1")
    await caller.reaches("loans_agent")


async def test_with_nobody_there_the_caller_is_told_and_may_go_on(hotline: Hotline) -> None:
    async with guest(hotline) as caller:
        await to_the_loans_desk(caller)
        await caller.reaches("no_agent")
        (ended,) = caller.data("TransferEnded")
        assert ended["outcome"] == "no_answer"
        await caller.listens(0.5)  # the talk goes on after the queue
        assert "很抱歉, 现在坐席都在忙" in caller.said
        await caller.call.press("2")
        await caller.reaches("main", 2)
        await caller.listens(0.5)
        await caller.call.press("4")
        await caller.reaches("loans", 2)
        await caller.call.press("1")
        await caller.reaches("no_agent", 2)
        await caller.listens(0.3)
        await caller.call.press("3")
        await caller.reaches("goodbye")
        await caller.is_over()
        assert (await caller.call.ended).status == 200
    assert caller.data("CallEnded") == [{"outcome": "goodbye"}]
    await no_channels(hotline)


async def test_who_does_not_answer_is_passed_over(hotline: Hotline) -> None:
    async with (
        agent(hotline, "chen", RingOn()) as chen,
        agent(hotline, "liu") as liu,
        guest(hotline) as caller,
    ):
        await to_the_loans_desk(caller)
        await caller.sees("QueueChosen")
        ringing = await chen.next_call()
        ringing.refuse(480)
        answered = await liu.next_call(timeout=60.0)
        await answered.answered
        connected = await caller.sees("AgentAnswered")
        assert connected["agent"] == "liu"


async def test_a_call_that_crashes_is_taken_by_the_fallback_queue(
    hotline: Hotline, voices: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its caller hears an apology and meets an agent; the call beside it goes on."""
    honest = session.step

    def broken(book: object, state: object, event: object) -> object:
        if event == KeyPressed("6"):
            raise ZeroDivisionError
        return honest(book, state, event)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "step", broken)
    async with agent(hotline, "li") as li, guest(hotline) as other, guest(hotline) as caller:
        await caller.listens(0.3)
        await caller.call.press("6")
        assert await caller.sees("Crashed") == {"error": "ZeroDivisionError"}
        await meet(caller.call, li, voices["我的卡丢了"])
        await other.call.press("#")
        await other.reaches("main")
        await other.listens(0.3)
    await no_channels(hotline)
