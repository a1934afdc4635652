"""`ivr record` and `ivr search`: what people and programs see of the record."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.errors import QueryError, SettingsError, StoreError
from ivr.server.record import open_record, recording
from ivr.server.settings import load_settings
from tests.store.records import call_contained, call_with_agent, spool

CLI = CliRunner()
WHEN = time.time() - 3600
SAID = "我的 卡号 是 62220000 我要 挂失"


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_PATHS_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


@pytest.fixture
def filled(runs: Path) -> Path:
    """A record of three calls; the words of the second name a card."""
    spool(runs / "journal", call_with_agent("1790000000.1", WHEN))
    spool(runs / "journal", call_with_agent("1790000000.2", WHEN + 60, said=SAID))
    spool(runs / "journal", call_contained("1790000000.3", WHEN + 120))
    settings = load_settings()
    engine = open_record(settings)
    with recording(settings, engine):
        pass
    engine.dispose()
    return runs


def test_search_shows_calls_in_80_columns_without_digits(
    filled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = CLI.invoke(app, ["search", "挂失"])
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert "1790000000.2" in lines[1] and "1790000000.1" in shown.stdout
    assert "6222" not in shown.stdout and "0000" not in shown.stdout.replace("1790000000", "")
    assert all(len(line.encode("gbk", "replace")) <= 80 for line in lines)


def test_a_past_call_is_shown_without_digits(filled: Path) -> None:
    shown = CLI.invoke(app, ["calls", "show", "0.2"])
    assert shown.exit_code == 0, shown.output
    (said,) = (line for line in shown.stdout.splitlines() if "挂失" in line)
    assert said.split()[:2] == ["0:04", "caller"]
    assert "0000" not in said


def test_search_for_programs(filled: Path) -> None:
    (newest, _) = json.loads(CLI.invoke(app, ["search", "挂失", "--json"]).stdout)
    assert newest["call"] == "1790000000.2" and newest["who"] == "caller"
    assert "6222" not in newest["text"] and newest["text"].endswith("我要挂失")
    one = json.loads(CLI.invoke(app, ["search", "挂失", "--json", "--limit", "1"]).stdout)
    assert len(one) == 1
    until = json.loads(
        CLI.invoke(app, ["search", "挂失", "--json", "--until", "2020-01-01"]).stdout
    )
    assert until == []
    assert CLI.invoke(app, ["search", "挂失", "--since", "1m"]).exit_code == 1


def test_callers_are_searched_unless_the_hotline_is_asked_for(filled: Path) -> None:
    def speakers(*options: str) -> set[str]:
        shown = CLI.invoke(app, ["search", "示范银行", "--json", *options])
        return {one["who"] for one in json.loads(shown.stdout)}

    assert speakers() == set()
    assert speakers("--who", "both") == speakers("--who", "hotline") == {"hotline"}


@pytest.mark.parametrize(
    ("arguments", "kind", "why"),
    [
        (["search", "x", "--who", "wang"], SettingsError, "it is caller, hotline or both"),
        (["search", ""], QueryError, "say what to search for"),
        (["search", "x" * 10_240], QueryError, "longer than 200"),
        (["search", "x", "--limit", "0"], QueryError, "limit must be"),
        (["search", "x", "--since", "soon"], SettingsError, "--since 'soon': expected a day"),
    ],
)
def test_what_makes_no_sense_is_one_clear_error(
    filled: Path, arguments: list[str], kind: type[Exception], why: str
) -> None:
    error = CLI.invoke(app, arguments).exception
    assert isinstance(error, kind) and why in str(error) and "\n" not in str(error)


def test_export(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CLI.invoke(app, ["record", "export", "--out", str(out), "--format", "jsonl", "--json"])
    assert json.loads(done.stdout) == {
        str(out / "calls.jsonl"): 3, str(out / "visits.jsonl"): 7, str(out / "waits.jsonl"): 2,
    }  # fmt: skip
    plain = CLI.invoke(app, ["record", "export", "--out", str(out), "--with", "events"])
    assert plain.stdout.splitlines()[0].split() == ["3", str(out / "calls.csv")]
    journals = CLI.invoke(app, ["record", "export", "--out", str(out / "j"), "--journals"])
    assert journals.stdout.split() == ["3", str(out / "j")]
    needed = CLI.invoke(app, ["explain", str(out / "j" / "1790000000.1.jsonl"), "--json"])
    by_id = CLI.invoke(app, ["explain", "1790000000.1", "--json"])
    assert type(needed.exception) is type(by_id.exception) and needed.stdout == by_id.stdout


def test_check(filled: Path) -> None:
    good = CLI.invoke(app, ["record", "check"])
    assert good.exit_code == 0, good.stdout
    assert good.stdout.endswith("all is well\n")
    (filled / "journal" / "1.1.jsonl.unreadable").write_text("")
    health = CLI.invoke(app, ["record", "check", "--json"])
    found = json.loads(health.stdout)
    assert health.exit_code == 1 and "1.1.jsonl.unreadable" in found["faults"][0]
    assert found["counts"]["calls"] == 3 and found["spooled"] == 0


def test_retain(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_RECORD_KEEP_TRANSCRIPT_DAYS", "0")
    for call, days in (("1.1", 20), ("1.2", 2)):
        spool(filled / "journal", call_contained(call, time.time() - days * 24 * 3600))
    settings = load_settings()
    engine = open_record(settings)
    with recording(settings, engine):
        pass
    engine.dispose()
    monkeypatch.setenv("IVR_RECORD_KEEP_DAYS", "10")
    monkeypatch.setenv("IVR_RECORD_KEEP_TRANSCRIPT_DAYS", "1")
    done = json.loads(CLI.invoke(app, ["record", "retain", "--json"]).stdout)
    assert (done["calls"], done["transcripts"]) == (1, 2)
    assert "0  calls deleted (older than 10 days)" in CLI.invoke(app, ["record", "retain"]).stdout


@pytest.mark.parametrize("verb", [["search", "x"], ["record", "check"], ["record", "retain"]])
def test_without_a_record_nothing_is_made(runs: Path, verb: list[str]) -> None:
    error = CLI.invoke(app, verb).exception
    assert isinstance(error, SettingsError) and "there is no record at" in str(error)
    assert not runs.exists()


def test_a_database_that_cannot_be_reached(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_RECORD_URL", "postgresql://ivr:hidden@127.0.0.1:1/ivr")
    error = CLI.invoke(app, ["record", "check"]).exception
    assert isinstance(error, StoreError) and "hidden" not in str(error)
