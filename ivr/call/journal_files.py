"""JournalFiles: records on disk, one JSON-lines file a call, written by a thread of its own."""

import json
import logging
import os
import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from ivr.call.journal import Record
from ivr.errors import StoreError

log = logging.getLogger(__name__)

MAX_PENDING = 20_000
"""Records waiting for the disk before new ones are dropped (and counted)."""


class JournalFiles:
    """A sink for `CallJournal`: `write` never waits for the disk.

    Files are readable by their owner only, since they hold what callers said. A call's file is
    closed by its record of kind "CallEnded".

    Raises:
        StoreError: from `open`, if the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.dropped = 0
        self._pending: queue.Queue[Record | None] = queue.Queue(MAX_PENDING)
        self._files: dict[str, IO[str]] = {}
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
        self._pending.put(None)
        self._thread.join()

    def path_of(self, call_id: str) -> Path:
        return self.folder / f"{call_id}.jsonl"

    def write(self, record: Record) -> None:
        try:
            self._pending.put_nowait(record)
        except queue.Full:
            self.dropped += 1

    def _run(self) -> None:
        while (record := self._pending.get()) is not None:
            try:
                self._append(record)
            except (OSError, TypeError, ValueError) as error:
                # The text of an error may hold what the record does.
                self.dropped += 1
                why = error.strerror if isinstance(error, OSError) else type(error).__name__
                log.error("a journal record was lost: %s", why)
        for file in self._files.values():
            file.close()

    def _append(self, record: Record) -> None:
        call = record["call"]
        file = self._files.get(call)
        if file is None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            handle = os.open(self.path_of(call), flags, 0o600)
            file = self._files[call] = os.fdopen(
                handle, "w", encoding="utf-8", errors="backslashreplace"
            )
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.flush()
        if record["kind"] == "CallEnded":
            self._files.pop(call).close()
