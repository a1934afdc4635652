"""The board in a real terminal over a real hotline with live calls; and its scriptable twins."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from typer.testing import CliRunner

from ivr.cli import main
from ivr.cli.board.cells import short_id
from ivr.errors import IvrError, SettingsError
from tests.calls.guests import Guest, agent, guest, until
from tests.cli.terminal import Terminal, has_tmux, terminal
from tests.house_fixture import Hotline, open_hotline, settings_on_free_ports
from tests.phone import AgentPhone, Answer, RingOn

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
tmux = pytest.mark.skipif(not has_tmux(), reason="tmux is not installed")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hotline() -> AsyncIterator[Hotline]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        async with open_hotline(settings_on_free_ports(Path(folder))) as running:
            yield running


def environment(hotline: Hotline) -> dict[str, str]:
    """What makes `ivr` on a command line speak to this hotline."""
    runs = hotline.settings.path(hotline.settings.paths.runs)
    return {"IVR_PATHS_RUNS": str(runs), "TZ": "UTC", "LANG": "C.UTF-8", "TERM": "xterm-256color"}


async def ivr(hotline: Hotline, *words: str, status: int = 0) -> str:
    """What `ivr WORDS` prints on stdout, or says on stderr where it fails."""
    told = {**environment(hotline), "COLUMNS": "80"}
    result = await asyncio.to_thread(CliRunner().invoke, main.app, words, env=told)
    if isinstance(result.exception, IvrError):
        assert status == (2 if isinstance(result.exception, SettingsError) else 1), result.exception
        return str(result.exception)
    assert result.exit_code == status, result.output
    return result.stderr if status else result.stdout


async def waits_for_an_agent(caller: Guest) -> None:
    """Through the keys into the queue for card loss."""
    await caller.reaches("main")
    await caller.call.press("3")
    await caller.reaches("card_loss")
    await caller.call.press("6688")
    await caller.reaches("card_loss_confirm")
    await caller.call.press("1")
    await caller.sees("StartTransfer")


@tmux
@pytest.mark.parametrize("size", [(80, 24), (160, 50)], ids=str)
async def test_live_calls_are_seen_opened_and_hung_up(
    hotline: Hotline, size: tuple[int, int]
) -> None:
    words = ["top", "--phone", "gu", "--theme", "dark"]
    async with (
        agent(hotline, "wang", RingOn()),
        guest(hotline) as talker,
        terminal(words, *size, environment(hotline)) as screen,
        guest(hotline) as waiter,
    ):
        await waits_for_an_agent(waiter)
        await talker.reaches("main")
        talks, waits = short_id(talker.call_id), short_id(waiter.call_id)
        text = await screen.sees(
            talks, waits, "talking", "waiting", "phone: gu", "1 waiting", "ringing"
        )
        lines = text.splitlines()
        assert "main" in line_of(lines, talks) and "zh" in line_of(lines, talks)
        queue = waiter.data("QueueChosen")[0]["queue"]
        assert f"#1 {queue[:4]}" in line_of(lines, waits) and queue[-5:] in line_of(lines, waits)
        row = next(line for line in lines if line.startswith(f"  {queue[:10]}"))
        assert row.split()[1] == "1"  # waiting, in the table of queues
        assert "王静" in text and "ringing" in line_of(lines, "wang")
        await _opens_and_hangs_up(screen, talker)
    await until(lambda: not hotline.house.board.picture(0.0).calls, "calls are left")


def line_of(lines: list[str], word: str) -> str:
    return next(line for line in lines if word in line)


async def _opens_and_hangs_up(screen: Terminal, talker: Guest) -> None:
    """Filter, open the call, see what is said in it, end it."""
    await screen.press("/")
    await screen.press(short_id(talker.call_id), "Enter")
    await screen.sees("1/2", f"filter: {short_id(talker.call_id)}")
    await screen.press("Enter")
    await screen.sees(f"call {short_id(talker.call_id)}", "bot")
    await talker.call.press("3")
    await talker.reaches("card_loss")
    await screen.sees("node     card_loss", "1 key pressed")
    await screen.press("h")
    await screen.sees("Hang up call", "y  yes")
    await screen.press("y")
    await screen.sees("was hung up", "ended")
    await asyncio.wait_for(talker.call.ended, 20)
    await talker.is_over()
    await screen.press("Escape")
    await screen.press("Escape")
    await screen.sees("CALLS 1")


@tmux
async def test_listening_by_key(hotline: Hotline) -> None:
    """`l` rings the supervisor's telephone, and the board says so calmly."""
    plan = hotline.plan
    async with (
        AgentPhone(
            username="agent-gu",
            password=hotline.password("gu"),
            registrar=f"sip:{plan.address}:{plan.sip_port}",
            behaviour=Answer(after=0.1),
        ) as phone,
        guest(hotline) as caller,
        terminal(["top"], 80, 24, environment(hotline)) as screen,
    ):
        await caller.reaches("main")
        await screen.sees(short_id(caller.call_id), "phone: -")
        await screen.press("l")
        await screen.sees("Which telephone is yours?", "gu", "顾主管")
        await screen.press("gu", "Enter")
        call = await phone.next_call(30)
        await call.answered
        await screen.sees("is now heard on gu's phone")
        await call.heard_sound()
        await screen.press("q")


@tmux
async def test_a_call_that_ended_cannot_be_ordered(hotline: Hotline) -> None:
    async with (
        guest(hotline) as caller,
        terminal(["top", "--phone", "gu"], 80, 24, environment(hotline)) as screen,
    ):
        await screen.sees(short_id(caller.call_id))
        await caller.call.hang_up()
        await caller.is_over()
        await screen.sees("ended", "CALLS 0")
        await screen.press("l")
        await screen.sees("has ended")


async def test_the_twins(hotline: Hotline) -> None:
    async with (
        agent(hotline, "wang", RingOn()),
        guest(hotline) as talker,
        guest(hotline) as waiter,
    ):
        await waits_for_an_agent(waiter)
        await talker.reaches("main")
        listed = json.loads(await ivr(hotline, "calls", "ls", "--json"))
        assert {row["call"]: row["stage"] for row in listed} == {
            talker.call_id: "talking",
            waiter.call_id: "waiting",
        }
        table = (await ivr(hotline, "calls", "ls")).splitlines()
        assert short_id(waiter.call_id) in table[1] and short_id(talker.call_id) in table[2]
        assert all(len(line) <= 80 for line in table)
        queue = waiter.data("QueueChosen")[0]["queue"]
        queues = await ivr(hotline, "queues")
        assert line_of(queues.splitlines(), queue[:10]).split()[1] == "1"
        assert queue in {row["queue"] for row in json.loads(await ivr(hotline, "queues", "--json"))}
        assert isinstance(json.loads(await ivr(hotline, "alarms", "--json")), list)
        presence = json.loads(await ivr(hotline, "agents", "ls", "--json"))
        assert {row["agent"]: row["presence"] for row in presence}["wang"] == "ringing"
        people = (await ivr(hotline, "agents", "ls")).splitlines()
        assert "ringing" in line_of(people, "wang") and "顾主管" in line_of(people, "gu ")
        offered = json.loads(await ivr(hotline, "calls", "choices", talker.call_id, "--json"))
        assert offered["version"] == hotline.house.plans.book.version
        (flow,) = offered["flows"]
        assert {"node": "card_loss", "kind": "collect"} in flow["nodes"]
        assert "loans" in [one["skill"] for one in offered["skills"]]
        assert {"phone": "gu", "title": "顾主管", "role": "supervisor"} in offered["phones"]
        shown = await ivr(hotline, "calls", "show", short_id(talker.call_id))
        assert talker.call_id in shown and "bot" in shown
        assert "now at card_loss" in await ivr(
            hotline, "calls", "goto", short_id(talker.call_id), "card_loss"
        )
        await talker.reaches("card_loss")
        assert "hung up" in await ivr(hotline, "calls", "hangup", talker.call_id)
        await talker.is_over()
        await _what_cannot_be_done(hotline, talker, waiter)


async def _what_cannot_be_done(hotline: Hotline, talker: Guest, waiter: Guest) -> None:
    """One clear line each, and nothing changes."""
    over = await ivr(hotline, "calls", "hangup", talker.call_id, status=1)
    assert "goes on: see" in over
    said = await ivr(hotline, "calls", "goto", waiter.call_id, "nowhere", status=1)
    assert "nowhere" in said and "\n" not in said
    said = await ivr(hotline, "calls", "listen", waiter.call_id, status=2)
    assert "--phone" in said
    said = await ivr(hotline, "calls", "ls", "--url", "gopher://x", status=2)
    assert "no address" in said
    said = await ivr(hotline, "top", status=2)
    assert "needs a terminal" in said
    assert waiter.data("CallEnded") == []


async def test_tail_follows_one_call_to_its_end(hotline: Hotline) -> None:
    async with guest(hotline) as caller:
        await caller.reaches("main")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "ivr", "calls", "tail", "--json", short_id(caller.call_id),
            env=environment(hotline), stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        first = await asyncio.wait_for(process.stdout.readline(), 60)
        await caller.call.press("3")
        await caller.reaches("card_loss")
        await caller.call.hang_up()
        rest = await asyncio.wait_for(process.stdout.read(), 60)
        assert await process.wait() == 0
    lines = [json.loads(line) for line in (first + rest).splitlines()]
    assert {line["call"] for line in lines} == {caller.call_id}
    assert "card_loss" in {line["text"] for line in lines if line["who"] == "node"}
    assert {"node", "bot"} <= {line["who"] for line in lines}


async def in_the_record(hotline: Hotline, caller: Guest) -> dict[str, Any]:
    """The past call, as soon as the record has all of it."""
    async with asyncio.timeout(30):
        while True:
            for row in json.loads(await ivr(hotline, "calls", "ls", "--past", "--json")):
                if row["call"] == caller.call_id and row["ended"] is not None:
                    return dict(row)
            await asyncio.sleep(0.2)


async def test_past_calls_are_listed_and_shown(hotline: Hotline) -> None:
    async with guest(hotline) as caller:
        await caller.reaches("main")
    await caller.is_over()
    row = await in_the_record(hotline, caller)
    assert row["last_node"] == "main"
    assert short_id(caller.call_id) in await ivr(
        hotline, "calls", "ls", "--past", "--since", "00:00"
    )
    shown = await ivr(hotline, "calls", "show", caller.call_id)
    assert caller.call_id in shown and "main" in shown
