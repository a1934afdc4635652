"""Recorder: a thread that takes records from the spool into the database, and forgets old ones.

The spool (`ivr.call.journal_files`) holds a call's file until all of it is committed. So whatever
stops us, or the database for hours, costs nothing: the files are there at the next try.
"""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Engine

from ivr.errors import StoreError
from ivr.store.database import reading, writing
from ivr.store.failures import hopeless
from ivr.store.spool.backlog import Backlog
from ivr.store.spool.spooled_call import Entry

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
"""How long a record waits in the spool at most, while all is well."""
MAX_PAUSE = 30.0
"""Between two tries at a database that is away."""
RETENTION_SECONDS = 24 * 3600.0

Retention = Callable[[], Iterator[object]]
"""Forgets what is too old: each step of it is one short transaction."""


class Recorder:
    """Use as a context manager, entered before the spool's writer and left after it.

    `key` hashes numbers of callers. `recordings` is where the sound of calls lies. `going` tells
    which calls a writer has open now; `retention` is run at the start and once a day.
    """

    def __init__(
        self,
        engine: Engine,
        spool: Path,
        key: bytes = b"",
        *,
        recordings: Path | None = None,
        going: Callable[[], Collection[str]] = frozenset,
        retention: Retention | None = None,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._engine = engine
        self._backlog = Backlog(engine, spool, key, recordings)
        self._going = going
        self._retention = retention
        self._forgetting: Iterator[object] | None = None
        self._forget_at = 0.0
        self._poll = poll_seconds
        self._met = False
        self._alive: frozenset[str] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self.failing = ""
        """Why the database takes nothing now; "" while it does."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def left_over(self) -> frozenset[str]:
        """Calls of an earlier run of the server whose end is not known; see `close_lost`."""
        return frozenset(self._backlog.left_over)

    def close_lost(self, alive: Collection[str]) -> None:
        """Write the end of all calls that were left over and do not go on any more.

        `alive` are the calls that Asterisk still has: callers who were waiting when the server
        stopped go on waiting. Returns at once, and may be called again and again.
        """
        self._alive = frozenset(alive)

    # -- in the thread -------------------------------------------------------------------------

    def _run(self) -> None:
        pause = self._poll
        while not self._stop.wait(pause):
            pause = self._next_pause(pause, self._round())
        self._round()  # what was written until now; what fails is taken up at the next start

    def _next_pause(self, pause: float, why: str) -> float:
        if why and not self.failing:
            log.error("the record falls behind, calls go on: %s", why)
        if self.failing and not why:
            log.warning("the record catches up")
        self.failing = why
        return min(max(pause, 0.5) * 2, MAX_PAUSE) if why else self._poll

    def _round(self) -> str:
        """Take all there is; says why that failed, if it did."""
        try:
            self._knock()
            self._take_all()
            if (alive := self._alive) is not None:
                self._backlog.close_lost(alive | frozenset(self._going()))
                if self._alive is alive:
                    self._alive = None
                self._take_all()
            self._forget_some()
        except (StoreError, OSError) as error:
            return str(error)
        except Exception as error:  # a fault of ours must not end the recording of other calls
            log.exception("the recorder stumbled")
            return type(error).__name__
        return ""

    def _knock(self) -> None:
        """Nothing to write is no sign that the database would take it."""
        if self.failing or not self._met:
            with reading(self._engine):
                self._met = True

    def _take_all(self) -> None:
        while entries := self._backlog.gather():
            self._commit(entries)

    def _commit(self, entries: list[Entry]) -> None:
        try:
            with writing(self._engine) as db:
                for entry in entries:
                    entry.write(db)
        except StoreError as error:
            if not hopeless(error):
                raise
            self._commit_each(entries)
        self._backlog.committed()

    def _commit_each(self, entries: list[Entry]) -> None:
        """One call that the database refuses must not keep others out: set it aside."""
        for entry in entries:
            try:
                with writing(self._engine) as db:
                    entry.write(db)
            except StoreError as error:
                if not hopeless(error):
                    raise
                log.error(
                    "call %s cannot be recorded, its file is set aside: %s", entry.call, error
                )
                self._backlog.set_aside(entry)

    def _forget_some(self) -> None:
        now = time.monotonic()
        if self._forgetting is None and self._retention and now >= self._forget_at:
            self._forgetting, self._forget_at = self._retention(), now + RETENTION_SECONDS
        if self._forgetting is None:
            return
        try:
            more = next(self._forgetting, None) is not None
        except (StoreError, OSError):
            self._forget_at = now + MAX_PAUSE  # from the beginning then: what is gone is gone
            more = False
            raise
        finally:
            if not more:
                self._forgetting = None
