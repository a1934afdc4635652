"""Barge-in: the prompt falls silent for a caller who speaks, by what that phone received."""

import asyncio

import pytest

from tests.calls.guests import figures, guest
from tests.house_fixture import Hotline
from tests.phone import Phone

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

CALLS = 2
ROUNDS = 3
"""Trials of each call, at the main menu and at the menu behind it."""

QUIET = 0.5
"""Seconds without sound; a pause inside a prompt is shorter."""

WANTED = 0.25
BOUND = 1.0
"""Even a machine that is busy with something else stays below this."""


async def one_call(hotline: Hotline, phone: Phone, voices: dict[str, bytes]) -> list[float]:
    times = []
    async with guest(hotline, phone) as caller:
        await caller.listens(0.3)
        await caller.call.press("#")
        for number in range(1, ROUNDS + 1):
            for said, node in (("其他服务", "more"), ("主菜单", "main")):
                await caller.listens(1.5)
                cuts = caller.data("PromptEnded")
                began, _ = await caller.call.speak(voices[said])
                quiet = await caller.call.heard_silence(QUIET, after=began)
                times.append(quiet - began)
                # Not a pause of the prompt's own, and the right words all the same.
                cut = await caller.sees("PromptEnded", len(cuts) + 1)
                assert not cut["completed"]
                await caller.reaches(node, number + (node == "main"))
    return times


async def test_a_prompt_ends_within_250_ms_of_the_callers_voice(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    async with Phone() as phone:
        calls = [one_call(hotline, phone, voices) for _ in range(CALLS)]
        times = [time for one in await asyncio.gather(*calls) for time in one]
    print(f"barge-in, caller's speech -> silence at the caller, {figures(times)}")
    assert len(times) == CALLS * ROUNDS * 2
    assert sorted(times)[len(times) // 2] <= WANTED, figures(times)
    assert max(times) <= BOUND, figures(times)
