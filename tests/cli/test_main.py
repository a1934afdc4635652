"""The `ivr` command: families and help, and exit statuses that scripts can rely on."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from ivr import __version__
from ivr.cli import main
from ivr.cli.verbs import VERBS
from ivr.errors import (
    AsteriskError,
    FlowError,
    IvrError,
    ManagerError,
    ModelError,
    SettingsError,
)
from ivr.flow.issues import Issue, Severity

runner = CliRunner()


def test_the_version() -> None:
    assert runner.invoke(main.app, ["--version"]).stdout == f"ivr {__version__}\n"


def test_help_names_every_verb() -> None:
    said = runner.invoke(main.app, ["--help"]).stdout
    for name, verb in VERBS.items():
        assert f" {name} " in said
        assert verb.help in said


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_there_when_it_is_said(verb: str) -> None:
    done = runner.invoke(main.app, [verb, "--help"])
    assert done.exit_code == 0
    assert f"Usage: ivr {verb} " in " ".join(done.stdout.split())


def test_an_unknown_verb_is_wrong_usage() -> None:
    assert runner.invoke(main.app, ["serv"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (SettingsError("x"), 2),
        (ModelError("x"), 1),
        (ManagerError("x"), 1),
        (AsteriskError("x"), 1),
        (IvrError("x"), 1),
    ],
)
def test_an_expected_error_is_one_line(
    error: IvrError,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(main, "app", fail)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == status
    assert capsys.readouterr().err == "ivr: x\n"


def test_faults_of_a_flow_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    issues = [
        Issue("bad-goto", Severity.ERROR, "a[b].yaml", line, 3, "", f"fault {line}")
        for line in (1, 2)
    ]
    assert main.report(FlowError(issues)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("a[b].yaml:1:3") and "fault 1" in lines[0]
    assert lines[2] == "ivr: 2 faults found"


def test_ctrl_c_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "app", stop)
    with pytest.raises(SystemExit) as ended:
        main.run()
    assert ended.value.code == 130


def test_a_terminal_without_chinese_shows_question_marks() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "agents", "ls"],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0 and b"wang" in done.stdout and b"??" in done.stdout
    assert b"Error" not in done.stderr
