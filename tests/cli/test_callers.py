"""`ivr callers`: tiers, forgetting, and the effect of an order by caller."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.errors import SettingsError

CLI = CliRunner()


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_PATHS_RUNS", str(tmp_path))
    return tmp_path


def test_a_tier_is_kept_and_forgotten(runs: Path) -> None:
    assert CLI.invoke(app, ["callers", "tier", "13800138000", "vip"]).exit_code == 0
    assert (runs / "record.sqlite3").is_file()
    assert CLI.invoke(app, ["callers", "forget", "13800138000"]).stdout == "forgotten\n"
    assert CLI.invoke(app, ["callers", "forget", "13800138000"]).exit_code == 1


@pytest.mark.parametrize("verb", [("tier", "abc", "vip"), ("forget", "12")])
def test_what_is_no_number_is_refused(runs: Path, verb: tuple[str, ...]) -> None:
    refused = CLI.invoke(app, ["callers", *verb])
    assert isinstance(refused.exception, SettingsError)
    assert "no caller's number" in str(refused.exception)
    assert not (runs / "record.sqlite3").exists()


def test_the_effect_without_calls_of_returning_callers(runs: Path) -> None:
    record = {"at": 0.0, "call": "c", "what": "event", "kind": "CallStarted", "data": {}}
    (runs / "journal").mkdir()
    (runs / "journal" / "c.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert "no call of a returning caller" in CLI.invoke(app, ["callers", "effect"]).stdout
    assert json.loads(CLI.invoke(app, ["callers", "effect", "--json"]).stdout) == {}
