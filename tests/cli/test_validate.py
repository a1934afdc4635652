"""`ivr validate`: every fault with its place, as text or JSON; exit status 1 if one is an error."""

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.server.settings import project_root

FLOWS = project_root() / "flows"
runner = CliRunner()


def spoilt(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the flows' folder with one text replaced in one file; that file's path."""
    if not (tmp_path / "flows").exists():
        shutil.copytree(FLOWS, tmp_path / "flows")
    path = tmp_path / "flows" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_project_s_own_flows_are_sound() -> None:
    result = runner.invoke(app, ["validate"])
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1].startswith("0 errors")


def test_a_spoilt_flow(tmp_path: Path) -> None:
    path = spoilt(tmp_path, "bank/bank.yaml", "goto: loans\n", "goto: lons\n")
    result = runner.invoke(app, ["validate", str(path.parent)])
    assert result.exit_code == 1
    (fault,) = [line for line in result.stdout.splitlines() if line.startswith("error")]
    assert "bank.yaml:" in fault and "lons" in fault


def test_faults_of_both_as_json(tmp_path: Path) -> None:
    flow = spoilt(tmp_path, "bank/bank.yaml", "goto: loans\n", "goto: lons\n")
    agents = spoilt(tmp_path, "agents.yaml", "tier: expert", "tier: boss")
    result = runner.invoke(app, ["validate", str(flow.parent), "--agents", str(agents), "--json"])
    assert result.exit_code == 1
    issues = json.loads(result.stdout)
    assert {Path(issue["file"]).name for issue in issues} == {"bank.yaml", "agents.yaml"}
    assert all(issue["line"] > 0 and issue["message"] for issue in issues)


def test_a_flow_that_is_not_there(tmp_path: Path) -> None:
    result = runner.invoke(app, ["validate", str(tmp_path / "none.yaml")])
    assert result.exit_code != 0
    told = f"{result.output}{result.exception}"
    assert "none.yaml" in told
