"""SpoolFile: the lines of one call's spool file, read on from where the reader stopped."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ivr.call.journal import Record
from ivr.call.journal_files import SUFFIX

log = logging.getLogger(__name__)

CHUNK = 1 << 20
MAX_LINE = 16 << 20
"""A longer line is no record of ours."""
FIELDS = {"at", "what", "kind", "data"}


def spooled(folder: Path) -> list[Path]:
    """The spool files that are there, in order of their names."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except FileNotFoundError:
        return []


class SpoolFile:
    """Gives whole lines only: one that is still being written comes with the next `more`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.call = path.name.removesuffix(SUFFIX)
        self.offset = 0
        """The byte after the last line given."""

    def more(self) -> list[Record]:
        """The next records, about a megabyte of them at most; none at the end.

        Lines that are no records (a server was stopped within one) are passed over.

        Raises:
            OSError: if the file cannot be read.
        """
        if self.size <= self.offset:
            return []
        with self.path.open("rb") as file:
            file.seek(self.offset)
            read = file.read(CHUNK)
            while (end := read.rfind(b"\n") + 1) == 0 and len(read) < MAX_LINE:
                if not (further := file.read(CHUNK)):
                    return []
                read += further
        end = end or len(read)
        self.offset += end
        return list(_records(read[:end], self.path))

    @property
    def size(self) -> int:
        """Bytes in the file now; 0 if it is gone."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


def record_in(line: bytes | str) -> Record:
    """The record of one line.

    Raises:
        ValueError: if it is none.
    """
    try:
        found: Any = json.loads(line)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(found, dict) or not found.keys() >= FIELDS:
        raise ValueError("not a record")
    if not isinstance(found["data"], dict) or not isinstance(found["kind"], str):
        raise ValueError("not a record")
    return found


def _records(lines: bytes, path: Path) -> Iterator[Record]:
    for line in lines.split(b"\n"):
        if not line.strip():
            continue
        try:
            yield record_in(line)
        except ValueError:
            log.warning("%s: a line that is no record was passed over", path.name)
