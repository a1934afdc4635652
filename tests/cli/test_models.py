import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.models import app
from ivr.errors import ModelError

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "models" / "demo-zh-en"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_list_shows_what_is_here_and_what_can_be_had() -> None:
    rows = {row["name"]: row for row in json.loads(run("list", "--json"))}
    assert rows["demo-zh-en"]["installed"]
    assert not rows["vosk-model-small-cn-0.22"]["installed"]
    assert "demo-zh-en" in run("list")


def test_verify_tells_rate_and_words() -> None:
    assert "8000 Hz" in run("verify", str(DEMO))


def test_an_unknown_model_is_an_error_with_the_known_names() -> None:
    with pytest.raises(ModelError, match="demo-zh-en"):
        run("verify", "no-such-model")
    with pytest.raises(ModelError, match="vosk-model-small-cn"):
        run("install", "no-such-model")


def test_an_archive_is_installed_from_a_file(tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "mine"), "zip", DEMO.parent, DEMO.name)
    output = run("install", str(tmp_path / "mine.zip"), "--into", str(tmp_path / "models"))
    assert "works" in output
    assert (tmp_path / "models" / "mine" / "am" / "final.mdl").is_file()


@pytest.mark.model
def test_eval_prints_rows_as_json(tmp_path: Path) -> None:
    rows = json.loads(run("eval", str(DEMO), "--speech", str(tmp_path), "--limit", "3", "--json"))
    assert {"synthesised English digits"} <= {row["test"] for row in rows}
    assert all(row["trials"] <= 3 for row in rows)


def test_eval_of_a_folder_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ModelError, match="no such folder"):
        run("eval", str(DEMO), "--speech", "/no/such/folder")


def test_evaluation_needs_no_torch() -> None:
    code = "import sys; sys.modules['torch'] = None; import ivr.training.evaluation"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_build_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith("ivr.training.")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModelError, match=r"pip install 'ivr\[build\]'"):
        run("build", "--into", "/nowhere")
