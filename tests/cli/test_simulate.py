import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli import simulate
from ivr.cli.simulate import app
from ivr.errors import FlowError, SettingsError
from ivr.routing.formulas import QueueFigures

AGENTS = str(Path(__file__).parents[2] / "flows" / "agents.yaml")
SCENARIO = """\
classes:
  cards: {skills: {card_loss: 3}, language: zh, per_hour: 60, service: 120, patience: 60}
  loans: {skills: {loans: 3}, language: zh, per_hour: 20, service: 180, patience: 60}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80"})


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "day.yaml"
    path.write_text(SCENARIO)
    return str(path)


def test_a_scenario_is_played_the_same_each_time(scenario: str) -> None:
    options = ("queue", scenario, "--agents", AGENTS, "--hours", "2", "--runs", "3", "--json")
    first, second = run(*options), run(*options)
    assert first.exit_code == 0
    assert first.stdout == second.stdout
    figures = json.loads(first.stdout)
    assert list(figures) == ["cards", "loans", "all"]
    assert 60 < figures["cards"]["calls"]["mean"] < 190
    assert 0 <= figures["all"]["abandoned"]["mean"] < 1


def test_a_scenario_as_a_table(scenario: str) -> None:
    result = run("queue", scenario, "--agents", AGENTS, "--hours", "1", "--runs", "2")
    assert "gave up %" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_recorded_calls_are_played(scenario: str, tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("arrives,class,patience,service\n0,cards,,100\n1,cards,,100\n2,loans,,50\n")
    options = ("queue", scenario, "--agents", AGENTS, "--calls", str(calls), "--json")
    figures = json.loads(run(*options).stdout)
    assert figures["all"]["calls"] == 3
    assert figures["cards"]["answer_wait"] == 0.0


def test_a_scenario_with_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_text(SCENARIO.replace("loans: 3", "lones: 3"))
    assert isinstance(run("queue", str(path), "--agents", AGENTS).exception, FlowError)
    missing = run("queue", str(tmp_path / "none.yaml")).exception
    assert isinstance(missing, SettingsError)
    assert "cannot be read" in str(missing)


def test_the_simulator_is_held_against_the_formulas() -> None:
    result = run("check", "--hours", "10", "--runs", "4")
    assert result.exit_code == 0, result.stdout
    assert "Erlang C, 5 erl, 6 agents" in result.stdout


def test_check_fails_where_a_figure_is_out_of_its_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A formula for another queue than the one simulated: 5 agents instead of 6.
    right = simulate.erlang_a

    def wrong(rate: float, service: float, agents: int, patience: float) -> QueueFigures:
        return right(rate, service, agents - 1, patience)

    monkeypatch.setattr(simulate, "erlang_a", wrong)
    result = run("check", "--hours", "10", "--runs", "4")
    assert result.exit_code == 1
    assert "OUT" in result.stdout


def test_policies_from_the_least_shared_to_the_most() -> None:
    result = run("policies", "--hours", "5", "--runs", "2")
    lines = result.stdout.splitlines()
    rows = [line.split()[0] for line in lines if "±" in line]
    assert rows == ["dedicated", "chain", "ours", "ours,", "full"]
    assert max(map(len, lines)) <= 80


def test_the_wait_that_is_told_beats_always_telling_the_mean() -> None:
    rows = [line.split() for line in run("waits", "--hours", "20").stdout.splitlines()]
    figures = [row[-4:] for row in rows if row and row[0] in ("Erlang", "ours")]
    assert len(figures) == 5
    for _, _, error, error_of_mean in figures:
        assert float(error) < float(error_of_mean)


def test_speed_times_every_kind_of_decision() -> None:
    options = ("--agents", "200", "--waiting", "50", "--decisions", "200", "--json")
    figures = json.loads(run("speed", *options).stdout)["decisions"]
    assert set(figures) == {
        "match a need",
        "join and wait",
        "come free",
        "widen",
        "join at once",
    }
    # Generous, for a busy machine: the promise is 1 ms with 10,000 agents.
    assert all(values["p50"] < 0.001 for values in figures.values())
