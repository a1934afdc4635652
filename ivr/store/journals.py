"""Journals: the records of calls, wherever they are by now: in the spool or in the database."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from ivr.call.journal import Record
from ivr.call.journal_files import SUFFIX
from ivr.errors import QueryError, StoreError, UnknownCallError
from ivr.store.history import History
from ivr.store.spool.spool_file import record_in, spooled

MAX_BYTES = 64 << 20
"""A larger file is no journal of one call."""


class Journals:
    """Looks a call up by its id. `record` gives the database, or None where there is none yet; it
    is asked once, when it is needed."""

    def __init__(self, spool: Path, record: Callable[[], Engine | None] = lambda: None) -> None:
        self.spool = spool
        self._open = record
        self._opened = False
        self._history: History | None = None

    def ids(self) -> list[str]:
        """Every call there is anything of, the oldest first.

        Raises:
            StoreError: if the database cannot be read.
        """
        known = self._kept.ids() if self._kept is not None else []
        waiting = [path.name.removesuffix(SUFFIX) for path in spooled(self.spool)]
        return list(dict.fromkeys([*known, *waiting]))

    def has(self, call: str) -> bool:
        """Whether there is such a call; raises as `of` does."""
        try:
            self.of(call)
        except QueryError:
            return False
        return True

    def of(self, call: str) -> list[Record]:
        """The records of one call, in order.

        Raises:
            UnknownCallError: if there is none of this id, or its records are kept no longer.
            StoreError: if it cannot be read.
        """
        path = self.spool / f"{call}{SUFFIX}"
        if path.parent == self.spool and is_file(path):
            return read_journal(path)
        if self._kept is None:
            raise UnknownCallError(f"there is no call {call!r} in the record")
        return self._kept.records(call)

    @property
    def _kept(self) -> History | None:
        if not self._opened:
            engine = self._open()
            self._history = History(engine) if engine is not None else None
            self._opened = True
        return self._history


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_journal(path: Path) -> list[Record]:
    """The records of one call from a file of JSON lines; a last line that was cut off is left out.

    Raises:
        StoreError: if this is no journal.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StoreError(f"{path}: larger than {MAX_BYTES} bytes: no journal of one call")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        try:
            records.append(record_in(line))
        except ValueError as error:
            if number == len(lines):
                break
            raise StoreError(f"{path}:{number}: no record of a call") from error
    return records
