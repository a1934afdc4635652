import io
import stat
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech import model_archive
from ivr.speech.model_archive import unpack


def archive(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return path


def test_the_top_folder_becomes_the_target(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.zip", {"vosk-x/am/final.mdl": b"1", "vosk-x/README": b"22"})
    seen: list[tuple[int, int]] = []
    unpack(source, tmp_path / "models" / "x", lambda done, total: seen.append((done, total)))
    assert (tmp_path / "models/x/am/final.mdl").read_bytes() == b"1"
    assert seen[-1] == (3, 3)
    assert [p.name for p in (tmp_path / "models").iterdir()] == ["x"]


def test_an_older_model_is_replaced(tmp_path: Path) -> None:
    target = tmp_path / "x"
    unpack(archive(tmp_path / "a.zip", {"m/old": b"1"}), target)
    unpack(archive(tmp_path / "b.zip", {"m/new": b"1"}), target)
    assert [path.name for path in target.iterdir()] == ["new"]


@pytest.mark.parametrize(
    "name", ["../evil", "m/../../evil", "/etc/evil", "m\\..\\evil", "C:/m/evil", "loose"]
)
def test_paths_outside_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w") as zipped:
        zipped.writestr("m/good", b"1")
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        zipped.writestr(entry, b"1")
    with pytest.raises(ModelError, match="unsafe name"):
        unpack(source, tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert not (tmp_path.parent / "evil").exists()


def test_links_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "a.zip"
    with zipfile.ZipFile(source, "w") as zipped:
        link = zipfile.ZipInfo("m/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc/passwd")
    with pytest.raises(ModelError, match="symbolic link"):
        unpack(source, tmp_path / "x")


def test_bombs_are_refused(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.zip", {"m/zeros": bytes(3 << 20)})
    with pytest.raises(ModelError, match="grows too much"):
        unpack(source, tmp_path / "x")


def test_too_many_or_too_large_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = archive(tmp_path / "a.zip", {f"m/{i}": b"12" for i in range(4)})
    monkeypatch.setattr(model_archive, "MOST_FILES", 3)
    with pytest.raises(ModelError, match="4 files"):
        unpack(source, tmp_path / "x")
    monkeypatch.setattr(model_archive, "MOST_FILES", 4)
    monkeypatch.setattr(model_archive, "MOST_BYTES", 7)
    with pytest.raises(ModelError, match="more than 7 bytes"):
        unpack(source, tmp_path / "x")


def test_two_top_folders_are_refused(tmp_path: Path) -> None:
    source = archive(tmp_path / "a.zip", {"a/f": b"1", "b/f": b"1"})
    with pytest.raises(ModelError, match="holds one folder"):
        unpack(source, tmp_path / "x")


def test_a_changed_byte_is_found_and_nothing_is_left(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as zipped:
        zipped.writestr("m/file", b"payload" * 100)
    data = bytearray(buffer.getvalue())
    data[data.index(b"payload") + 50] ^= 1
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ModelError, match="damaged archive"):
        unpack(tmp_path / "a.zip", tmp_path / "models" / "x")
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"PK\3\4 not a zip", bytes(1000)])
def test_what_is_no_zip_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ModelError, match="damaged archive"):
        unpack(tmp_path / "a.zip", tmp_path / "x")
