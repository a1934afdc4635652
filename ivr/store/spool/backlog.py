"""Backlog: the spool's files that are on their way into the record, a batch at a time."""

import logging
from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Engine

from ivr.store.spool.spool_file import spooled
from ivr.store.spool.spooled_call import Entry, SpooledCall

log = logging.getLogger(__name__)

BATCH = 2000
"""Records of one transaction, about."""
ASIDE = ".unreadable"


class Backlog:
    """`gather` gives a batch, the same one again until it is `committed`."""

    def __init__(self, engine: Engine, spool: Path, key: bytes, recordings: Path | None) -> None:
        self._engine = engine
        self._spool = spool
        self._key = key
        self._recordings = recordings
        self._calls: dict[str, SpooledCall] = {}
        self._batch: list[Entry] = []
        self.left_over = {path.name.removesuffix(path.suffix) for path in spooled(spool)}
        """Calls whose files were there at the start and whose end has not been seen."""

    def gather(self) -> list[Entry]:
        """What is to be written next; nothing if all of the spool is in the record.

        Raises:
            StoreError, OSError: if the database or the spool cannot be read.
        """
        if self._batch:
            return self._batch
        room = BATCH
        for path in spooled(self._spool):
            call = self._calls.get(path.name)
            if call is None:
                call = self._calls[path.name] = SpooledCall(
                    path, self._engine, self._key, self._recordings
                )
            if (entry := call.more()) is not None:
                self._batch.append(entry)
                room -= len(entry.records)
            if room <= 0:
                break
        return self._batch

    def committed(self) -> None:
        """The batch is in the record: the files of calls that are over are not needed any more."""
        self._batch = []
        for name, call in list(self._calls.items()):
            if call.over:
                call.file.path.unlink(missing_ok=True)
                self._forget(name, call)

    def close_lost(self, alive: Collection[str]) -> None:
        """Add the ends of calls that were left over and are not `alive` to the batch."""
        for name, call in list(self._calls.items()):
            if call.call not in self.left_over or call.call in alive:
                continue
            if (entry := call.lost()) is not None:
                log.warning("call %s was cut off: its end is not known", call.call)
                self._batch.append(entry)
            elif not call.file.size:  # stopped before the first record
                call.file.path.unlink(missing_ok=True)
                self._forget(name, call)

    def set_aside(self, entry: Entry) -> None:
        """Leave a call that cannot be written for a person to look at."""
        for name, call in list(self._calls.items()):
            if call.call == entry.call:
                path = call.file.path
                if path.exists():
                    path.rename(path.with_name(path.name + ASIDE))
                self._forget(name, call)

    def _forget(self, name: str, call: SpooledCall) -> None:
        del self._calls[name]
        self.left_over.discard(call.call)
