"""Turns: how long a caller waits for the answer, and how soon a prompt falls silent for them.

A caller wanders between the bank's menus by voice, always speaking into the prompt. Every time is
taken from the RTP that the caller's phone sent and received: nothing of the hotline's is trusted.
"""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from tests.callers import voices_of
from tests.house_fixture import open_hotline, settings_on_free_ports
from tests.phone import OutgoingCall, Phone

ROUND = ("其他服务", "主菜单")
"""Said at the main menu and at the menu it leads to."""

INTO_PROMPT = 1.5
"""Seconds of a prompt that the caller listens to before speaking into it."""

QUIET = 0.2
"""Seconds without sound from which on the hotline counts as silent."""

LONGEST = 10.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, in seconds: `answer` from the end of the caller's speech to the hotline's first
    sound, `silence` from the start of the caller's speech to the prompt's last sound."""

    answer: float
    silence: float


@dataclass(frozen=True, slots=True)
class Turns:
    """Every turn that worked, how many did not, and the machine's part in it."""

    turns: list[Turn]
    failed: int
    calls: int


async def measure_turns(turns: int, calls: int, progress: Callable[[int], None]) -> Turns:
    """Make `turns` turns in `calls` simultaneous calls; `progress` hears how many are done."""
    done: list[Turn] = []
    failed = 0
    lines = await voices_of([(text, 0.86) for text in ROUND])
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as hotline, Phone() as phone:

            async def wander(share: int) -> None:
                nonlocal failed
                call = await phone.dial(hotline.uri)
                await call.answered
                await _reach_menu(call)
                for _, said in zip(range(share), cycle(lines), strict=False):
                    turn = await _one_turn(call, said)
                    if turn is None:
                        failed += 1
                    else:
                        done.append(turn)
                    progress(len(done) + failed)
                await call.hang_up()

            async with asyncio.TaskGroup() as group:
                for number in range(calls):
                    share = turns // calls + (number < turns % calls)
                    group.create_task(wander(share))
    return Turns(done, failed, calls)


async def _reach_menu(call: OutgoingCall) -> None:
    """The welcome passes by itself; what follows its silence is the main menu's prompt."""
    welcome = await call.heard_sound()
    quiet = await call.heard_silence(0.8, after=welcome)
    await call.heard_sound(after=quiet + 0.1)


async def _one_turn(call: OutgoingCall, said: bytes) -> Turn | None:
    """Speak into the prompt that has just begun; returns once the next one has."""
    await asyncio.sleep(INTO_PROMPT)
    began, ended = await call.speak(said)
    try:
        quiet = await call.heard_silence(QUIET, after=began, timeout=LONGEST)
        answer = await call.heard_sound(after=max(ended, quiet + QUIET), timeout=LONGEST)
    except TimeoutError:
        return None
    return Turn(answer - ended, quiet - began)
