"""Callers who say nothing, or nothing that is understood, and prompts that must be heard out."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.calls.guests import Guest, agent, guest
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

FLOW = Path(__file__).parent / "data" / "short.yaml"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    """The hotline of the short flow."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder), flow=FLOW)) as running:
            yield running


def counts(caller: Guest, name: str) -> list[int]:
    return [data["facts"][name] for data in caller.data("Explain") if name in data["facts"]]


async def test_silence_leads_to_the_operator(hotline: Hotline) -> None:
    async with agent(hotline, "li") as li, guest(hotline) as caller:
        await caller.reaches("operator")
        answered = await li.next_call()
        await answered.answered
        await caller.sees("AgentAnswered")
        assert counts(caller, "noinput") == [1, 2, 3]
        assert caller.data("Heard") == []
        said = "什么业务?没有听到。什么业务?请按键。什么业务?转接。请稍等。"
        assert caller.said == said


async def test_speech_that_is_not_understood_leads_to_the_operator(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    async with agent(hotline, "li") as li, guest(hotline) as caller:
        for turn in range(1, 4):
            await caller.listens(0.5)
            await caller.call.speak(voices["i lost my card"])
            await caller.sees("Heard", turn)
        answered = await li.next_call()
        await answered.answered
        assert counts(caller, "nomatch") == [1, 2, 3]
        assert counts(caller, "noinput") == []


async def test_a_prompt_without_barge_in_is_said_to_its_end(
    hotline: Hotline, voices: dict[str, bytes]
) -> None:
    async with guest(hotline) as caller:
        await caller.call.press("1")
        await caller.reaches("deaf")
        prompts = len(caller.data("PlayPrompt"))
        await caller.listens(0.7)
        await caller.call.speak(voices["贷款"])  # over it: nobody listens yet
        last = caller.data("PlayPrompt")[-1]["serial"]
        ended = await caller.sees("PromptEnded", prompts)
        assert ended == {"serial": last, "completed": True}
        assert caller.data("Heard") == []
        await caller.sees("Listen", 2)
        await caller.call.speak(voices["贷款"])
        await caller.reaches("operator")
        assert caller.heard_words == ["贷款"]
