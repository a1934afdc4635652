"""Unpacks a model's zip archive without trusting it."""

import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from ivr.errors import ModelError

MOST_FILES = 500
MOST_BYTES = 6 * 1024**3
MOST_RATIO = 200
"""A file that grows more than this on unpacking is a bomb, not a model."""
_CHUNK = 1 << 20

Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""


def unpack(archive: Path, target: Path, progress: Progress | None = None) -> None:
    """Unpack the archive's one top folder as `target`, whole or not at all.

    Zip's own CRC-32 is checked for every file.

    Raises:
        ModelError: if the archive is damaged, too large, or names a path outside its folder.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _checked(opened, archive)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpacking-") as folder:
                _extract(opened, entries, Path(folder), progress)
                _put_in_place(Path(folder), target, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise ModelError(
            f"{archive}: a damaged archive ({error}); delete it and install again"
        ) from error
    except OSError as error:
        raise ModelError(f"{target}: cannot be unpacked: {error.strerror or error}") from error


def _checked(opened: zipfile.ZipFile, archive: Path) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in opened.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise ModelError(
            f"{archive}: {len(entries)} files, more than the {MOST_FILES} of any model"
        )
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise ModelError(f"{archive}: unpacks to more than {MOST_BYTES} bytes")
    for entry in entries:
        path = PurePosixPath(entry.filename)
        outside = path.is_absolute() or ".." in path.parts or "\\" in entry.filename
        if outside or ":" in entry.filename or len(path.parts) < 2:
            raise ModelError(f"{archive}: holds a file with the unsafe name {entry.filename!r}")
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise ModelError(f"{archive}: holds a symbolic link, {entry.filename!r}")
        if entry.file_size > _CHUNK and entry.file_size > MOST_RATIO * max(1, entry.compress_size):
            raise ModelError(f"{archive}: {entry.filename!r} grows too much on unpacking")
    return entries


def _extract(
    opened: zipfile.ZipFile,
    entries: list[zipfile.ZipInfo],
    folder: Path,
    progress: Progress | None,
) -> None:
    total = sum(entry.file_size for entry in entries)
    done = 0
    for entry in entries:
        path = folder / entry.filename
        path.parent.mkdir(parents=True, exist_ok=True)
        written = 0
        with opened.open(entry) as source, path.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                written += len(chunk)
                if written > entry.file_size:
                    raise zipfile.BadZipFile(f"{entry.filename!r} is longer than it says")
                sink.write(chunk)
                done += len(chunk)
                if progress:
                    progress(done, total)


def _put_in_place(folder: Path, target: Path, archive: Path) -> None:
    tops = list(folder.iterdir())
    if len(tops) != 1 or not tops[0].is_dir():
        raise ModelError(f"{archive}: a model's archive holds one folder, this one {len(tops)}")
    if target.exists():
        shutil.rmtree(target)
    tops[0].rename(target)
