"""`ivr tokens`: what it says beside the token."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.tokens import app

CLI = CliRunner()


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IVR_PATHS_RUNS", str(tmp_path))
    return tmp_path


def test_none_at_all_is_said_with_what_to_do() -> None:
    shown = CLI.invoke(app, ["ls"])
    assert shown.exit_code == 0 and shown.stdout == ""
    assert "ivr tokens add" in shown.stderr


def test_the_token_alone_goes_to_stdout() -> None:
    made = CLI.invoke(app, ["add", "sue", "--role", "supervisor", "--phone", "gu"])
    assert made.stdout.startswith("ivr_") and made.stdout.count("\n") == 1
    assert "warning" not in made.stderr


def test_a_telephone_that_nobody_has_is_warned_of() -> None:
    made = CLI.invoke(app, ["add", "sue", "--role", "supervisor", "--phone", "guu"])
    assert made.exit_code == 0 and made.stdout.startswith("ivr_")
    assert "is called 'guu'" in made.stderr
