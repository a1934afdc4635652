"""Callers who hang up, at every stage a call can be in: nothing of theirs stays behind."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from tests.calls.guests import Guest, agent, guest, no_channels, until
from tests.house_fixture import Hotline
from tests.phone import AgentPhone, Answer, Phone
from tests.phone.agent import RingOn

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

POOLS = ("asyncio_", "recogniser")

Stage = Callable[[Guest, AgentPhone, dict[str, bytes]], Awaitable[None]]


def holdings(hotline: Hotline) -> dict[str, int]:
    """What the hotline holds, besides the threads of its pools, which are bounded and kept."""
    runs = hotline.settings.path(hotline.settings.paths.runs)
    own = [t for t in threading.enumerate() if not t.name.startswith(POOLS)]
    return {
        "calls": len(hotline.house.calls),
        "tasks": len(asyncio.all_tasks()),
        "threads": len(own),
        "sockets": sum(_is_socket(path) for path in Path("/proc/self/fd").iterdir()),
        "whispers": len(list((runs / "whispers").iterdir())),
        "open journals": sum(".jsonl" in os.path.realpath(p) for p in _descriptors()),
    }


def _descriptors() -> list[Path]:
    return list(Path("/proc/self/fd").iterdir())


def _is_socket(path: Path) -> bool:
    try:
        return str(path.readlink()).startswith("socket:")
    except FileNotFoundError:
        return False


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def warm(hotline: Hotline) -> None:
    """One call before anything is counted: threads and caches are there from then on."""
    async with guest(hotline) as caller:
        await caller.listens(0.2)
    await caller.is_over()
    await no_channels(hotline)


async def in_the_greeting(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.call.heard_sound()


async def at_once(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    pass


async def in_a_prompt(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.call.press("#")
    await caller.reaches("main")
    await caller.listens(0.5)


async def while_listened_to(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    serial = caller.data("PlayPrompt")[-1]["serial"]
    await until(
        lambda: {"serial": serial, "completed": True} in caller.data("PromptEnded"),
        "the prompt did not end",
    )


async def in_mid_speech(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.listens(0.5)
    speaking = asyncio.ensure_future(caller.call.speak(voices["我的卡丢了"]))
    await caller.sees("SpeechBegan")
    speaking.cancel()


async def in_mid_number(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    await caller.call.press("66")


async def at_the_confirmation(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm")


async def _confirmed(caller: Guest) -> None:
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm")
    await caller.call.press("1")
    await caller.reaches("card_loss_agent")


async def in_the_last_prompt(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await _confirmed(caller)


async def as_the_queue_is_chosen(
    caller: Guest, phone: AgentPhone, voices: dict[str, bytes]
) -> None:
    await _confirmed(caller)
    await caller.sees("QueueChosen")


async def while_it_rings(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    phone.behaviour = RingOn()
    await _confirmed(caller)
    await phone.next_call()


async def in_the_whisper(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await _confirmed(caller)
    answered = await phone.next_call()
    await answered.answered
    await answered.heard_sound()


async def in_the_talk(caller: Guest, phone: AgentPhone, voices: dict[str, bytes]) -> None:
    await _confirmed(caller)
    answered = await phone.next_call()
    await answered.answered
    await caller.sees("AgentAnswered")


STAGES: list[Stage] = [
    at_once,
    in_the_greeting,
    in_a_prompt,
    while_listened_to,
    in_mid_speech,
    in_mid_number,
    at_the_confirmation,
    in_the_last_prompt,
    as_the_queue_is_chosen,
    while_it_rings,
    in_the_whisper,
    in_the_talk,
]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
async def test_hanging_up_leaves_nothing(
    hotline: Hotline,
    warm: None,
    voices: dict[str, bytes],
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = holdings(hotline)
    async with agent(hotline, "wang", Answer(after=0.1)) as wang, Phone() as phone:
        async with guest(hotline, phone) as caller:
            await stage(caller, wang, voices)
        await caller.is_over()
        for call in wang.calls:
            await call.ended
    await no_channels(hotline)
    # Less than before is no leak: work the house does once, after its start, may have ended.
    await until(
        lambda: all(count <= before[what] for what, count in holdings(hotline).items()),
        lambda: f"{holdings(hotline)}, before: {before}",
    )
    assert caller.data("Crashed") == []
    assert [r for r in caplog.records if r.levelname == "ERROR"] == []
