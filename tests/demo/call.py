"""The call itself: what the caller and the agent do, and what each of them heard."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivr.call.journal import Record
from ivr.routing.skills import Presence
from tests.callers import voices_of
from tests.house_fixture import Hotline
from tests.phone import AgentPhone, Answer, Call, Phone
from tests.phone.recording import Recording

AGENT = "wang"
REQUEST = "我的卡丢了"
CARD = "6688"
CONSENT = "对"
CALLER_SAYS = "您好, 请帮我挂失。"
AGENT_SAYS = "您好, 我是王静, 请讲。"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What remains of the call for the checks and the pictures."""

    call_id: str
    records: list[Record]
    caller_heard: Recording
    agent_heard: Recording
    caller_voice: bytes
    agent_voice: bytes
    runs: Path


async def place_call(hotline: Hotline, folder: Path) -> Evidence:
    """Dial, speak, press, be transferred, talk, hang up.

    Raises:
        TimeoutError: if something that should be heard was not.
    """
    request, consent, story, greeting = await voices_of(
        [(REQUEST, 0.86), (CONSENT, 0.86), (CALLER_SAYS, 0.86), (AGENT_SAYS, 1.12)]
    )
    plan = hotline.plan
    async with (
        AgentPhone(
            username=f"agent-{AGENT}",
            password=hotline.password(AGENT),
            registrar=f"sip:{plan.address}:{plan.sip_port}",
            behaviour=Answer(after=0.2),
        ) as agent,
        Phone() as caller,
    ):
        await until(lambda: hotline.house.desk.presence.get(AGENT) is Presence.READY)
        call = await caller.dial(hotline.uri)
        await call.answered
        begun = await call.heard_sound()
        await passed(call, begun + 2.1)  # the greeting is heard; what follows is cut off
        await call.speak(request)
        await reached(hotline, "card_loss")
        await passed(call, call.now + 1.0)  # people who know the question key in over it
        await call.press(CARD, milliseconds=80, pause=0.08)
        await reached(hotline, "card_loss_confirm")
        asked = await call.heard_sound(after=call.now + 0.2)
        await passed(call, asked + 2.0)  # the digits are heard: no need to hear the rest
        await call.speak(consent)
        answered = await agent.next_call()
        await answered.answered
        whispered = await answered.heard_sound()
        await answered.heard_silence(0.5, after=whispered + 0.5)
        async with asyncio.TaskGroup() as both:
            both.create_task(answered.speak(greeting))
            both.create_task(call.speak(story))
        await answered.heard_audio(story)
        await call.heard_audio(greeting)
        await call.hang_up()
        await answered.ended
        await until(lambda: bool(hotline.of_kind("CallEnded")))
        return Evidence(
            call_id=hotline.of_kind("CallStarted")[0]["call"],
            records=hotline.records,
            caller_heard=call.heard,
            agent_heard=answered.heard,
            caller_voice=story,
            agent_voice=greeting,
            runs=folder,
        )


async def reached(hotline: Hotline, node: str) -> None:
    """Wait until the talk stands at `node`."""
    await until(
        lambda: any(record["data"]["node"] == node for record in hotline.of_kind("EnterNode")),
        f"the talk did not reach {node}",
    )


async def passed(call: Call, time: float) -> None:
    """Wait for a moment of the call."""
    await asyncio.sleep(max(0.0, time - call.now))


async def until(
    holds: Callable[[], bool], complaint: str = "it did not happen", timeout: float = 20.0
) -> None:
    """Wait for a condition of this process, looking every 20 ms."""
    try:
        async with asyncio.timeout(timeout):
            while not holds():  # noqa: ASYNC110 - journals and presences ring no bell
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise TimeoutError(complaint) from None
