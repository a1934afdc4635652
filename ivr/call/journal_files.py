"""JournalFiles: the spool: records on disk at once, one file a call, written by a thread.

This is the first and local write of a record; `ivr.store.spool.recorder` takes it from here into
the database and removes the file of a call that is over.
"""

import errno
import json
import logging
import os
import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from ivr.call.journal import Record
from ivr.errors import StoreError

log = logging.getLogger(__name__)

SUFFIX = ".jsonl"
MAX_PENDING = 20_000
"""Records waiting for the disk before new ones are dropped (and counted)."""
ROOM_SECONDS = 0.5
"""How often a full disk is tried again."""
CLOSE_SECONDS = 30.0
"""A disk that stands still for so long is not waited for at the end."""

_FULL = (errno.ENOSPC, errno.EDQUOT)


class JournalFiles:
    """A sink for `CallJournal`: `write` never waits for the disk.

    Files are readable by their owner only, since they hold what callers said. A call's file is
    closed by its record of kind "CallEnded". A record is in the file whole or not at all; while the
    disk is full, records wait. `written` and `dropped` count them.

    Raises:
        StoreError: from `open`, if the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written = 0
        self.dropped = 0
        self._pending: queue.Queue[Record | None] = queue.Queue(MAX_PENDING)
        self._files: dict[str, _Appended] = {}
        self._closing = threading.Event()
        self._full = False
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreError(f"cannot write journals to {self.folder}: {error.strerror}") from error
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        try:
            self._pending.put(None, timeout=CLOSE_SECONDS)
        except queue.Full:
            log.error("the disk stands still: %d records are lost", self._pending.qsize())
            return
        self._thread.join(CLOSE_SECONDS)

    def path_of(self, call_id: str) -> Path:
        return self.folder / f"{call_id}{SUFFIX}"

    def going(self) -> set[str]:
        """The calls that were written to and did not end."""
        return set(self._files)

    @property
    def waiting(self) -> int:
        """Records on their way to the disk, about."""
        return self._pending.qsize()

    def write(self, record: Record) -> None:
        try:
            self._pending.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    # -- in the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        while (record := self._pending.get()) is not None:
            try:
                self._write_when_there_is_room(record)
                self.written += 1
            except (OSError, TypeError, ValueError) as error:
                # The text of an error may hold what the record does.
                self.dropped += 1
                why = error.strerror if isinstance(error, OSError) else type(error).__name__
                log.error("a journal record was lost: %s", why)
        for file in self._files.values():
            file.close()

    def _write_when_there_is_room(self, record: Record) -> None:
        while True:
            try:
                self._append(record)
            except OSError as error:
                if error.errno not in _FULL or self._closing.wait(ROOM_SECONDS):
                    raise
                if not self._full:
                    log.error("the disk of the journals is full: records wait for room")
                self._full = True
            else:
                if self._full:
                    log.warning("there is room for journals again")
                self._full = False
                return

    def _append(self, record: Record) -> None:
        call = record["call"]
        text = json.dumps(record, ensure_ascii=False) + "\n"
        file = self._files.get(call)
        if file is None:
            file = self._files[call] = _Appended(self.path_of(call))
        file.append(text.encode("utf-8", "backslashreplace"))
        if record["kind"] == "CallEnded":
            self._files.pop(call).close()


class _Appended:
    """A file that grows by whole lines."""

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._handle = os.open(path, flags, 0o600)
        self._size = os.fstat(self._handle).st_size
        if self._size and os.pread(self._handle, 1, self._size - 1) != b"\n":
            self.append(b"\n")  # the writer before us was stopped within a line

    def append(self, line: bytes) -> None:
        """Add it whole; a part that found no room is taken back."""
        done = 0
        try:
            while done < len(line):
                done += os.write(self._handle, line[done:])
        except OSError:
            if done:
                os.ftruncate(self._handle, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        os.close(self._handle)
