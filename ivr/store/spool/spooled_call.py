"""SpooledCall: one call's spool file on its way into the record."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from ivr.call.journal import Record
from ivr.store.call_facts import LOST, Row
from ivr.store.database import reading
from ivr.store.journal_rows import row_of
from ivr.store.spool.call_writes import (
    put_call,
    put_grammars,
    put_records,
    put_summary,
    records_before,
)
from ivr.store.spool.spool_file import SpoolFile
from ivr.store.summary import CallFold, Summary


@dataclass(frozen=True, slots=True)
class Entry:
    """What one transaction adds of one call; written again, it changes nothing."""

    call: str
    records: list[Row]
    grammars: list[Row]
    """Those that the records name."""
    began: Row | None
    """The call's row, once, when it has begun."""
    over: Summary | None
    """All that the call came to, when it is over."""

    def write(self, db: Connection) -> None:
        put_grammars(db, self.grammars)
        put_records(db, self.records)
        if self.over is not None:
            put_summary(db, self.over)
        elif self.began is not None:
            put_call(db, self.began)


class SpooledCall:
    """Follows one file to its end."""

    def __init__(self, path: Path, engine: Engine, key: bytes, recordings: Path | None) -> None:
        self.file = SpoolFile(path)
        self._engine = engine
        self._recordings = recordings
        self._fold = CallFold(self.file.call, key, path.stat().st_mtime)
        self._seq = -1
        self._told = False

    @property
    def call(self) -> str:
        return self.file.call

    @property
    def over(self) -> bool:
        """Whether the call has ended and all of the file was read."""
        return self._fold.ended and self.file.size <= self.file.offset

    def more(self) -> Entry | None:
        """What the file holds beyond what was read; None if there is nothing.

        Raises:
            StoreError, OSError: if database or file cannot be read; nothing is passed over then.
        """
        offset = self.file.offset
        found = self.file.more()
        if not found:
            return None
        try:
            return self._entry(found)
        except BaseException:
            self.file.offset = offset
            raise

    def lost(self) -> Entry | None:
        """The end that nobody wrote down; None if the call has ended or never began."""
        if self._fold.ended or self._seq < 0:
            return None
        end: Record = {
            "at": self._fold.at,
            "call": self.call,
            "what": "note",
            "kind": "CallEnded",
            "data": {"outcome": LOST},
        }
        return self._entry([end])

    def _entry(self, found: list[Record]) -> Entry:
        if self._seq < 0:
            with reading(self._engine) as db:
                before = records_before(db, self.call, found[0])
            for record in before:
                self._fold.take(record)
            self._seq = len(before)
        rows, grammars = [], {}
        for record in found:
            row, grammar = row_of(self.call, self._seq, record)
            rows.append(row)
            if grammar is not None:
                grammars[row["grammar"]] = grammar
            self._fold.take(record)
            self._seq += 1
        began, over = None, None
        if self._fold.ended:
            over = self._fold.summary()
            over.call["recording"] = self._recording()
        elif not self._told:
            began, self._told = self._fold.summary().call, True
        return Entry(self.call, rows, list(grammars.values()), began, over)

    def _recording(self) -> str:
        """The file that has, or will have, the sound of the call."""
        if self._recordings is None:
            return ""
        sound = self._recordings / f"{self.call}.wav"
        there = sound.exists() or sound.with_suffix(".raw").exists()
        return sound.name if there else ""
