"""`ivr lint`, `ivr validate`, `ivr flows schema` and the bench, as a designer types them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.bench.engine import checks_measured, steps_measured
from ivr.cli.generated_flow import generated_flow
from ivr.cli.main import app
from ivr.flow.checks.every import check_flows
from ivr.flow.library import load_book, read_texts

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ROOT / "tests" / "flow" / "broken"
BANK = ROOT / "flows" / "bank"


def ivr(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_the_bank_lints_clean_and_keeps_its_budget() -> None:
    result = ivr("lint", str(BANK), "--strict", "--today", "2026-11-22")
    assert result.exit_code == 0, result.output
    assert "0 errors, 0 warnings" in result.output
    assert load_book(BANK).flow("bank").budget.time_to_human == 20


def test_warnings_fail_when_strict() -> None:
    path = str(BROKEN / "dead_key.yaml")
    assert ivr("lint", path, "--no-words").exit_code == 0
    assert ivr("lint", path, "--no-words", "--strict").exit_code == 1


def test_errors_always_fail_and_are_all_told() -> None:
    result = ivr("lint", str(BROKEN / "many_faults_at_once.yaml"), "--no-words")
    assert result.exit_code == 1
    for code in ("missing-key", "unknown-key", "unknown-node", "key-clash", "unknown-kind"):
        assert code in result.output
    assert "many_faults_at_once.yaml:8:5: unknown-key" in result.output
    assert "did you mean prompt?" in result.output


def test_json() -> None:
    result = ivr("lint", str(BROKEN / "over_budget.yaml"), "--no-words", "--json")
    assert result.exit_code == 1
    found = json.loads(result.output)
    assert {issue["code"] for issue in found["issues"]} == {"keys-to-human", "slow-to-human"}
    assert found["errors"] == 2
    assert found["time_to_human"]["f"]["worst"]["seconds"] > 5
    assert sum(found["durations_from"].values()) > 0


def test_words_the_model_cannot_hear(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    text = (BROKEN / "dead_key.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("phrases: 查余额", "phrases: xylophonist"), encoding="utf-8")
    assert "missing-word" in ivr("lint", str(path)).output


def test_validate_shows_every_fault_with_its_place() -> None:
    result = ivr("validate", str(BROKEN / "many_faults_at_once.yaml"), "--json")
    assert result.exit_code == 1
    assert len(json.loads(result.output)) >= 5


def test_the_schema_is_printed_and_checked() -> None:
    assert json.loads(ivr("flows", "schema").output)["title"] == "A flow of the ivr hotline"
    assert ivr("flows", "schema", "--check").exit_code == 0


@pytest.mark.parametrize("nodes", [10, 200])
def test_the_generated_flow_has_its_size_and_no_fault(nodes: int) -> None:
    flows, read = read_texts({"g": generated_flow(nodes)})
    assert len(flows["generated"].nodes) == nodes
    assert [str(issue) for issue in check_flows(flows, read)] == []


def test_the_bench_measures() -> None:
    steps = steps_measured(load_book(BANK), "bank", 20)
    assert steps["steps"] > 200
    assert 0 < steps["p50_us"] < 100_000
    checks = checks_measured(100)
    assert checks["issues"] == 0
    assert 0 < checks["both_seconds"] < 30
