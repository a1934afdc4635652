import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.agents import app
from ivr.errors import FlowError, SettingsError

FILE = Path(__file__).parents[2] / "flows" / "agents.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80"})


def test_check_says_that_a_file_is_good() -> None:
    result = run("check", str(FILE))
    assert result.exit_code == 0
    assert "9 agents, 9 skills, languages en, zh: good" in result.stdout


def test_check_raises_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "agents.yaml"
    path.write_text("skills: {language.zh: x}\nagents: {wang: {skills: {language.zh: 7}}}\n")
    error = run("check", str(path)).exception
    assert isinstance(error, FlowError)
    assert [issue.code for issue in error.issues] == ["missing", "bad-proficiency"]


def test_ls_fits_80_columns_and_has_everybody() -> None:
    result = run("ls", "--file", str(FILE))
    lines = result.stdout.splitlines()
    assert max(len(line) for line in lines) <= 80
    assert "PJSIP/agent-garcia" in result.stdout


def test_ls_json() -> None:
    agents = json.loads(run("ls", "--json", "--file", str(FILE)).stdout)
    assert agents[0]["name"] == "wang"
    assert agents[0]["skills"]["card_loss"] == 5


def test_match_shows_queue_order_and_why() -> None:
    result = run("match", "-f", str(FILE), "--skill", "card_loss:3", "--issue", "funds_at_risk")
    assert result.exit_code == 0
    text = result.stdout
    assert "zh-card_loss.3-funds_at_risk" in text
    assert "funds_at_risk +900 s" in text
    assert text.index("wang") < text.index("brown") < text.index("zhou")


def test_match_json_takes_agents_for_absent() -> None:
    options = ("--json", "-f", str(FILE), "-s", "wealth:3", "--offline", "liu")
    answer = json.loads(run("match", *options, "--waited", "5").stdout)
    assert answer["queue"] == "zh-wealth.3"
    assert answer["max_penalty"] == 30
    assert answer["facts"]["points"] == 5
    assert answer["agents"][0] == {"name": "liu", "penalty": 4, "step": 0, "presence": "offline"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-s", "weath:3"], "did you mean wealth"),
        (["-s", "zzzzzz"], "there is card_loss"),
        (["-s", "wealth:6"], "the level from 1 to 5"),
        (["-s", "wealth:x"], "the level from 1 to 5"),
        (["-s", "wealth", "--offline", "nobody"], "no such agent"),
    ],
)
def test_match_refuses_what_it_cannot_use(options: list[str], words: str) -> None:
    error = run("match", "-f", str(FILE), *options).exception
    assert isinstance(error, SettingsError)
    assert words in str(error)
