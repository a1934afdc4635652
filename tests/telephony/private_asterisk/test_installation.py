from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.telephony.private_asterisk import installation
from ivr.telephony.private_asterisk.installation import Installation, find, from_folder

MODULES = ("app_audiosocket.so", "res_agi.so", "app_queue.so", "chan_pjsip.so")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which a program `asterisk` says its version, with its modules."""
    modules = tmp_path / "modules"
    modules.mkdir()
    for name in MODULES:
        (modules / name).touch()
    program = tmp_path / "asterisk"
    program.write_text("#!/bin/sh\necho Asterisk 20.9.1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(installation, "_MODULE_FOLDERS", (str(modules),))
    return program


def test_an_installed_asterisk_is_used(installed: Path, tmp_path: Path) -> None:
    found = find(tmp_path / "cache")
    assert found is not None
    assert found.command == (str(installed),)
    assert found.module_folder == tmp_path / "modules"
    assert (found.version, found.major) == ("20.9.1", 20)


@pytest.mark.parametrize("version", ["18.26.4", "13.1", "nonsense"])
def test_one_that_is_too_old_is_not(installed: Path, tmp_path: Path, version: str) -> None:
    installed.write_text(f"#!/bin/sh\necho Asterisk {version}\n")
    assert find(tmp_path / "cache") is None


def test_one_without_audiosocket_is_not(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "modules" / "app_audiosocket.so").unlink()
    assert find(tmp_path / "cache") is None


def test_a_fetched_folder_that_does_not_run_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AsteriskError, match="ivr asterisk fetch --again"):
        from_folder(tmp_path)


@pytest.mark.asterisk
def test_the_one_in_use_is_new_enough(asterisk_installation: Installation) -> None:
    assert asterisk_installation.major >= installation.OLDEST
    assert (asterisk_installation.module_folder / "app_audiosocket.so").is_file()
