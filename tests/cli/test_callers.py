"""`ivr callers`: tiers, forgetting, and the effect of an order by caller."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app

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


def test_the_effect_without_calls_of_returning_callers(runs: Path) -> None:
    record = {"at": 0.0, "call": "c", "what": "event", "kind": "CallStarted", "data": {}}
    (runs / "journal").mkdir()
    (runs / "journal" / "c.jsonl").write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert "no call of a returning caller" in CLI.invoke(app, ["callers", "effect"]).stdout
    assert json.loads(CLI.invoke(app, ["callers", "effect", "--json"]).stdout) == {}
