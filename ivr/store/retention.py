"""Retention: what is older than the settings allow leaves the record, in short transactions."""

import glob
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, Select, delete, exists, or_, select, text, true

from ivr.ports import Clock
from ivr.store.callers import KEPT_DAYS
from ivr.store.database import reading, writing
from ivr.store.tables import (
    alarms,
    audit,
    callbacks,
    callers,
    calls,
    grammars,
    records,
    turns,
    visits,
    waits,
)

log = logging.getLogger(__name__)

BATCH = 50
"""Calls of one transaction: others wait for it, so it must be short."""
DAY = 24 * 3600.0


@dataclass(slots=True)
class Forgotten:
    """How much was deleted; `transcripts` are calls that lost what was said in them."""

    calls: int = 0
    transcripts: int = 0
    files: int = 0
    others: int = 0


@dataclass(slots=True)
class Retention:
    """Deletes calls after `keep_days`, and what was said in them after `keep_transcript_days`.

    What was said: records, turns, and the sound in `folders` (files that begin with the call's id).
    Entries of the audit log, alarms and callbacks that are over go after `keep_days`, histories of
    callers who do not call any more after `KEPT_DAYS`. 0 days: kept for ever. Blocks; raises
    StoreError.
    """

    engine: Engine
    keep_days: int
    keep_transcript_days: int
    folders: Sequence[Path] = ()
    clock: Clock = time.time
    forgotten: Forgotten = field(default_factory=Forgotten)

    def run(self) -> Forgotten:
        """Delete all there is to delete."""
        for _ in self.steps():
            pass
        return self.forgotten

    def steps(self) -> Iterator[int]:
        """Delete a little with each step; gives how many calls or entries it was."""
        self.forgotten = Forgotten()
        now = self.clock()
        spoken = self._before(self.keep_transcript_days or self.keep_days, now)
        if spoken is not None:
            holds = or_(
                exists().where(records.c.call == calls.c.call),
                exists().where(turns.c.call == calls.c.call),
            )
            old = select(calls.c.call).where(calls.c.began < spoken, calls.c.ended.is_not(None))
            for ids in self._batches(old.where(holds)):
                self.forgotten.transcripts += len(ids)
                yield self._forget(ids, whole=False)
        whole = self._before(self.keep_days, now)
        if whole is not None:
            for ids in self._batches(select(calls.c.call).where(calls.c.began < whole)):
                self.forgotten.calls += len(ids)
                yield self._forget(ids, whole=True)
            yield self._forget_others(whole)
        yield self._forget_grammars()
        yield self._forget_callers(now)
        self._tidy()

    def _before(self, days: int, now: float) -> float | None:
        return now - days * DAY if days else None

    def _batches(self, query: Select[Any]) -> Iterator[list[str]]:
        """The calls of a query, the oldest first; each batch is looked for where the last ended."""
        query = query.add_columns(calls.c.began).order_by(calls.c.began).limit(BATCH)
        rows: Sequence[Row[Any]] = ()
        while True:
            since = calls.c.began >= rows[-1].began if rows else true()
            with reading(self.engine) as db:
                rows = db.execute(query.where(since)).all()
            if not rows:
                return
            yield [row.call for row in rows]

    def _forget(self, ids: list[str], *, whole: bool) -> int:
        for call in ids:  # first, so that a file never outlives what tells of it
            self._remove_sound(call)
        tables = (records, turns, visits, waits, calls) if whole else (records, turns)
        with writing(self.engine) as db:
            for table in tables:
                db.execute(delete(table).where(table.c.call.in_(ids)))
            if not whole:
                db.execute(calls.update().where(calls.c.call.in_(ids)).values(recording=""))
        return len(ids)

    def _remove_sound(self, call: str) -> None:
        for folder in self.folders:
            if not call or "/" in call or not folder.is_dir():
                continue
            for path in (folder / f"{call}.wav", *folder.glob(f"{glob.escape(call)}-*.wav")):
                if path.exists():
                    path.unlink(missing_ok=True)
                    self.forgotten.files += 1

    def _forget_others(self, before: float) -> int:
        over = callbacks.c.state.in_(("done", "closed"))
        with writing(self.engine) as db:
            count = sum(
                db.execute(statement).rowcount
                for statement in (
                    delete(audit).where(audit.c.at < before),
                    delete(alarms).where(alarms.c.cleared < before),
                    delete(callbacks).where(callbacks.c.joined < before, over),
                )
            )
        self.forgotten.others += count
        return count

    def _forget_grammars(self) -> int:
        """Those that no record tells of any more: they can hold a caller's own choices."""
        named = exists().where(records.c.grammar == grammars.c.digest)
        with writing(self.engine) as db:
            if db.dialect.name == "postgresql":  # a record that needs one must not come just now
                db.execute(text("LOCK TABLE grammars IN EXCLUSIVE MODE"))
            db.execute(delete(grammars).where(~named))
        return 0

    def _forget_callers(self, now: float) -> int:
        oldest = datetime.fromtimestamp(now).date() - timedelta(days=KEPT_DAYS)
        with writing(self.engine) as db:
            count = db.execute(delete(callers).where(callers.c.day < oldest.isoformat())).rowcount
        self.forgotten.others += count
        return count

    def _tidy(self) -> None:
        """SQLite: what was deleted leaves the write-ahead log too."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as db:
                db.execution_options(isolation_level="AUTOCOMMIT")
                db.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        if self.forgotten.calls or self.forgotten.transcripts:
            log.info(
                "retention: %d calls and what was said in %d deleted",
                self.forgotten.calls,
                self.forgotten.transcripts,
            )
