"""Secrets: from the environment and from a file that only its owner reads."""

from pathlib import Path

import pytest

from ivr.backend.secrets import load_secrets
from ivr.errors import SettingsError


def kept(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = kept(tmp_path / "secrets.toml", 'A = "file"\nB = "file"\n')
    found = load_secrets(file, {"IVR_SECRET_A": "there", "PATH": "x"})
    assert (found.get("A"), found.get("B"), found.get("PATH")) == ("there", "file", None)


def test_no_file_is_no_secret(tmp_path: Path) -> None:
    assert load_secrets(tmp_path / "none.toml", {}).get("A") is None


@pytest.mark.parametrize(
    ("text", "mode", "fault"),
    [
        ('A = "x"', 0o644, "chmod 600"),
        ("A = h-u-s-h", 0o600, "not valid TOML"),
        ("A = 1", 0o600, "A is a text"),
        ('A = "a\\nb"', 0o600, "no single line"),
        ('A = ""', 0o600, "no single line"),
        (f'A = "{"x" * 70_000}"', 0o600, "larger than"),
    ],
)
def test_a_bad_file(tmp_path: Path, text: str, mode: int, fault: str) -> None:
    with pytest.raises(SettingsError, match=fault) as told:
        load_secrets(kept(tmp_path / "secrets.toml", text, mode), {})
    assert "h-u-s-h" not in str(told.value)
