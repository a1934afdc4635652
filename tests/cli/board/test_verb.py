"""`ivr top` as a command: its picture, its cost, and what it refuses."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from ivr.cli import main
from ivr.cli.board.api_feed import heard, line_of_record
from ivr.cli.board.drawing import mended
from ivr.cli.remote import one_of
from ivr.errors import PeerError, SettingsError, UnknownCallError
from ivr.live.transcript import Line, Tone
from tests.cli.board.rig import NOW

runner = CliRunner()


def test_the_picture_of_make_believe_calls(tmp_path: Path) -> None:
    file = tmp_path / "board.svg"
    result = runner.invoke(main.app, ["top", "--demo", "--phone", "gu", "--svg", str(file)])
    assert result.exit_code == 0, result.output
    svg = file.read_text(encoding="utf-8")
    ElementTree.fromstring(svg)
    assert "CALLS" in svg and "王静" in svg and "@font-face" not in svg


def test_cjk_is_two_cells_wide_in_the_picture() -> None:
    assert mended('<text textLength="24.4" y="1">王静</text>') == (
        '<text textLength="48.8" y="1">王静</text>'
    )


@pytest.mark.parametrize("words", [["--theme", "pink"], [], ["--demo"]])
def test_what_the_board_refuses(words: list[str]) -> None:
    result = runner.invoke(main.app, ["top", *words])
    assert isinstance(result.exception, SettingsError)


@pytest.mark.skipif(not Path("/proc/self/stat").is_file(), reason="needs proc(5)")
@pytest.mark.parametrize("source", [[], ["--socket"]], ids=["make-believe", "socket"])
def test_200_calls_cost_less_than_15_percent_of_one_core(source: list[str]) -> None:
    result = runner.invoke(main.app, ["bench", "top", "--seconds", "4", "--json", *source])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["calls"] == 200 and figures["bytes"] > 1000
    assert 0 < figures["cpu"] < 0.15


@pytest.mark.parametrize("size", ["80", "0x0", "99999x99999", "-1x5", "axb"])
def test_absurd_sizes(size: str) -> None:
    result = runner.invoke(main.app, ["bench", "top", "--size", size])
    assert isinstance(result.exception, SettingsError)


IDS = ["1795323801.1", "1795323801.12", "1795323809.2"]


def test_a_call_is_named_by_a_part_of_its_id() -> None:
    assert one_of("1795323801.1", IDS) == "1795323801.1"
    assert one_of("3801.12", IDS) == "1795323801.12"
    assert one_of("1795323809", IDS) == "1795323809.2"
    with pytest.raises(SettingsError, match="can be 3 calls"):
        one_of("17953", IDS)
    with pytest.raises(UnknownCallError, match="no call '9'"):
        one_of("9", IDS)
    for absurd in ("", "x" * 200, "a\nb", "\x1b[2J"):
        with pytest.raises(SettingsError):
            one_of(absurd, IDS)


def test_lines_come_back_as_they_were_sent() -> None:
    line = Line(1.5, "caller", "卡丢了", "confidence 0.90", Tone.QUIET)
    assert line_of_record(line.record()) == line
    assert line_of_record({"tone": "of a newer server"}) == Line(0.0, "", "")


async def test_a_silent_server_is_as_good_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio
    from collections.abc import AsyncIterator

    monkeypatch.setattr("ivr.cli.board.api_feed.SILENCE", 0.05)

    async def once() -> AsyncIterator[dict[str, object]]:
        yield {"picture": {}}
        await asyncio.Event().wait()

    seen = []
    with pytest.raises(PeerError, match="has said nothing"):
        async for message in heard(once()):
            seen.append(message)
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["calls", "ls"], PeerError),
        (["calls", "hangup", "1.2"], PeerError),
        (["queues"], PeerError),
        (["alarms", "--json"], PeerError),
        (["calls", "tail"], PeerError),
        (["calls", "show", "1.2"], UnknownCallError),
        (["calls", "ls", "--past", "--since", "soon"], SettingsError),
    ],
)
def test_without_a_server(words: list[str], status: type[Exception], tmp_path: Path) -> None:
    """One line that says what to do; nothing is made in the runs folder."""
    result = runner.invoke(main.app, words, env={"IVR_PATHS_RUNS": str(tmp_path), "IVR_URL": ""})
    assert isinstance(result.exception, status), result.output
    assert "\n" not in str(result.exception) and not list(tmp_path.iterdir())


def test_the_record_is_read_where_no_server_runs(tmp_path: Path) -> None:
    told = {"IVR_PATHS_RUNS": str(tmp_path), "IVR_URL": ""}
    result = runner.invoke(main.app, ["calls", "ls", "--past", "--json"], env=told)
    assert result.exit_code == 0 and json.loads(result.stdout) == []


def test_past_calls_are_those_that_are_over(tmp_path: Path) -> None:
    """A call whose server died is in the record and has no end; it is no past call yet."""
    from sqlalchemy import insert

    from ivr.store.database import default_url, open_database
    from ivr.store.tables import calls

    engine = open_database(default_url(tmp_path))
    with engine.begin() as db:
        db.execute(insert(calls).values(call="1.1", began=NOW - 99, ended=NOW - 9))
        db.execute(insert(calls).values(call="1.2", began=NOW))
    engine.dispose()
    told = {"IVR_PATHS_RUNS": str(tmp_path), "IVR_URL": ""}
    result = runner.invoke(main.app, ["calls", "ls", "--past", "--json"], env=told)
    assert [row["call"] for row in json.loads(result.stdout)] == ["1.1"]
