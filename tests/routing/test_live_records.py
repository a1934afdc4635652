"""Records of real calls, read afterwards: `ivr explain`, `ivr whatif` and `ivr report`."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.errors import IvrError
from tests.calls.guests import Guest, agent, guest, no_channels
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

QUEUE = "zh-card_loss.3-funds_at_risk"


@dataclass(frozen=True, slots=True)
class Past:
    """A hotline that is over: where it wrote, and the calls it had, in order."""

    runs: Path
    answered: str
    second: str
    gave_up: str
    left_early: str

    def told(self, *words: str) -> str:
        """What `ivr WORDS` prints in that place."""
        result = CliRunner().invoke(app, list(words), env={"IVR_PATHS_RUNS": str(self.runs)})
        if isinstance(result.exception, IvrError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout


async def lose_a_card(caller: Guest) -> None:
    await caller.listens(0.3)
    await caller.call.press("#3")
    await caller.reaches("card_loss")
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm")
    await caller.call.press("1")
    await caller.sees("QueueChosen")


async def four_calls(hotline: Hotline) -> tuple[str, str, str, str]:
    """One agent: a caller is answered, a second one waits for that, a third does not wait so
    long, and a fourth never asks for anybody."""
    async with (
        agent(hotline, "wang") as wang,
        guest(hotline) as first,
        guest(hotline) as second,
        guest(hotline) as third,
        guest(hotline) as fourth,
    ):
        await fourth.listens(0.3)
        await fourth.call.hang_up()
        await lose_a_card(first)
        talk = await wang.next_call()
        await first.sees("AgentAnswered")
        await lose_a_card(second)
        await lose_a_card(third)
        await third.sees("WaitExpected")
        await third.call.hang_up()
        await third.is_over()
        await talk.hang_up()
        await first.is_over()
        talk = await wang.next_call()
        await second.sees("AgentAnswered")
        await talk.hang_up()
        for one in (second, fourth):
            await one.is_over()
    await no_channels(hotline)
    return first.call_id, second.call_id, third.call_id, fourth.call_id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def past() -> AsyncIterator[Past]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as hotline:
            calls = await four_calls(hotline)
        yield Past(Path(folder), *calls)


async def told(past: Past, *words: str) -> str:
    return await asyncio.to_thread(past.told, *words)


async def test_explain_says_why(past: Past) -> None:
    text = await told(past, "explain", past.answered)
    assert "card_loss 3" in text and QUEUE in text
    assert "wang" in text and "outcome   answered" in text
    reasons = json.loads(await told(past, "explain", past.gave_up, "--json"))
    assert reasons[-1]["why"] == "outcome   abandoned"
    assert "asked for no agent" in await told(past, "explain", past.left_early)


async def test_whatif_plays_the_calls_again(past: Past) -> None:
    found = json.loads(await told(past, "whatif", "--json", "--set", "without=wang"))
    assert set(found) == {"as it was", "otherwise"}
    assert [day[QUEUE]["calls"] for day in found.values()] == [3, 3]
    text = await told(past, "whatif", "--set", "wrap_up=60")
    assert "3 journalled waits" in text and "1 were not answered" in text


async def test_whatif_of_one_call_and_of_none(past: Past) -> None:
    found = json.loads(await told(past, "whatif", past.answered, "--json"))
    assert found["as it was"][QUEUE]["calls"] == 1
    with pytest.raises(IvrError, match="none of these calls waited"):
        await told(past, "whatif", past.left_early)


async def test_the_report_of_these_calls(past: Past) -> None:
    found = json.loads(await told(past, "report", "--last", "24h", "--json"))
    whole = found["total"]
    assert (whole["calls"], whole["contained"]) == (4, 1)
    assert (whole["offered"], whole["answered"]) == (3, 2)
    assert whole["abandoned"] + whole["short"] == 1
    assert found["agents"]["wang"]["calls"] == 2
    assert found["transfers"][QUEUE] == {"answered": 2, "abandoned": 1}
    assert found["nodes"]["bank/card_loss"]["calls"] == 3
    assert found["nodes"]["bank/card_loss"]["left_by"] == {"card_loss_confirm": 3}
    assert found["repeats"]["callers"] == 4
    text = await told(past, "report", "--last", "24h")
    assert "calls                    4" in text and QUEUE in text
