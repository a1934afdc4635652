import shutil
import subprocess
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.training import debian
from ivr.training.openfst import OpenFst


def test_without_apt_it_says_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(ModelError, match="apt-get and dpkg"):
        debian.unpack(["flite"], tmp_path / "root")


def test_what_is_unpacked_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], cwd: Path, **_: object) -> None:
        commands.append(command)
        if command[0] == "apt-get":
            (cwd / "flite_1_amd64.deb").write_bytes(b"")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    root = tmp_path / "root"
    debian.unpack(["flite"], root)
    debian.unpack(["flite"], root)
    assert [command[:2] for command in commands] == [["apt-get", "download"], ["dpkg", "-x"]]


def test_a_mirror_without_the_package_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(command: list[str], **_: object) -> None:
        raise subprocess.CalledProcessError(100, command, stderr="E: Unable to locate package")

    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ModelError, match="Unable to locate package"):
        debian.unpack(["flite"], tmp_path / "root")


def test_a_missing_tool_is_named(tmp_path: Path) -> None:
    import platform

    (tmp_path / f"usr/lib/{platform.machine()}-linux-gnu").mkdir(parents=True)
    with pytest.raises(ModelError, match="fstcompile is not in"):
        OpenFst(tmp_path).run("fstcompile")
    with pytest.raises(ModelError, match="no libraries"):
        OpenFst(tmp_path / "empty")
