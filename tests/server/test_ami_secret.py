"""The kept AMI secret: one for all processes, for nobody else's eyes."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.server.ami_secret import SECRET_FILE, kept_secret


def test_it_is_made_once_and_kept_private(tmp_path: Path) -> None:
    secret = kept_secret(tmp_path / "runs")
    assert kept_secret(tmp_path / "runs") == secret
    path = tmp_path / "runs" / SECRET_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == [SECRET_FILE]


def test_whoever_comes_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    for number in range(20):
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(kept_secret, [tmp_path / str(number)] * 8))
        assert len(found) == 1


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"file/runs/ami-secret: .*cannot be kept"):
        kept_secret(tmp_path / "file" / "runs")


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_spoilt_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / SECRET_FILE).write_bytes(content)
    with pytest.raises(SettingsError, match="ami-secret"):
        kept_secret(tmp_path)
