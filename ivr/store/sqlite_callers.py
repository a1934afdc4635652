"""SqliteCallers: histories of callers in one SQLite file; a thread of its own does the waiting."""

import asyncio
import json
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from ivr.errors import StoreError
from ivr.ports import Lesson, Profile
from ivr.store.caller_history import COMPLAINED_DAYS, CallerHistory, known_by

KEPT_DAYS = 400
"""Whoever has not called for so long is forgotten, at the next start."""

BUSY_SECONDS = 5.0

_TABLE = """
CREATE TABLE IF NOT EXISTS callers (
    who TEXT PRIMARY KEY,
    tier TEXT NOT NULL DEFAULT '',
    calls INTEGER NOT NULL DEFAULT 0,
    annoyed INTEGER NOT NULL DEFAULT 0,
    used TEXT NOT NULL DEFAULT '{}',
    day TEXT NOT NULL,
    complained TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""
_COLUMNS = "PRAGMA table_info(callers)"
_COMPLAINED = "ALTER TABLE callers ADD COLUMN complained TEXT NOT NULL DEFAULT ''"
"""For files from before complaints were kept."""
_GET = "SELECT tier, calls, annoyed, used, complained FROM callers WHERE who = ?"
_PUT = (
    "INSERT OR REPLACE INTO callers (who, tier, calls, annoyed, used, day, complained) "
    "VALUES (?,?,?,?,?,?,?)"
)

T = TypeVar("T")


class SqliteCallers:
    """A `CallerBook`; use as an async context manager. Numbers are kept as keyed hashes only.

    Raises:
        StoreError: on entering, if the file cannot be opened or is no such store; from every
            method, if the disk fails.
    """

    def __init__(
        self,
        path: Path,
        key: bytes,
        complained_days: int = COMPLAINED_DAYS,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._complained_days = complained_days
        self._today = today
        self._path = path
        self._key = key
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="callers")
        self._db: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        try:
            await self._do(self._open)
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._do(self._close)
        self._thread.shutdown()

    async def profile(self, caller: str) -> Profile:
        who = known_by(caller, self._key)
        if not who:
            return {}
        history = await self._do(lambda: self._get(who))
        return history.profile(self._today(), self._complained_days)

    async def learn(self, caller: str, lesson: Lesson) -> None:
        if who := known_by(caller, self._key):
            await self._do(lambda: self._put(who, self._get(who).after(lesson, self._today())))

    async def set_tier(self, caller: str, tier: str) -> None:
        if who := known_by(caller, self._key):
            await self._do(lambda: self._put(who, replace(self._get(who), tier=tier)))

    async def forget(self, caller: str) -> bool:
        who = known_by(caller, self._key)
        return await self._do(lambda: self._delete("who = ?", who) > 0)

    # -- in the thread -------------------------------------------------------------------------

    async def _do(self, work: Callable[[], T]) -> T:
        def guarded() -> T:
            try:
                return work()
            except (sqlite3.Error, OSError, ValueError) as error:
                raise StoreError(f"{self._path}: callers cannot be kept: {error}") from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, guarded)

    def _open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.execute(_TABLE)
        if "complained" not in {column[1] for column in self._db.execute(_COLUMNS)}:
            self._db.execute(_COMPLAINED)
        oldest = self._today() - timedelta(days=KEPT_DAYS)
        self._delete("day < ?", oldest.isoformat())

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()

    def _get(self, who: str) -> CallerHistory:
        assert self._db is not None, "use `async with`"
        row = self._db.execute(_GET, (who,)).fetchone()
        if row is None:
            return CallerHistory()
        tier, calls, annoyed, used, complained = row
        day = date.fromisoformat(complained) if complained else None
        return CallerHistory(tier, calls, bool(annoyed), json.loads(used), day)

    def _put(self, who: str, history: CallerHistory) -> None:
        assert self._db is not None, "use `async with`"
        day = self._today().isoformat()
        used = json.dumps(history.used)
        complained = history.complained.isoformat() if history.complained else ""
        kept = (history.tier, history.calls, int(history.annoyed), used, day, complained)
        self._db.execute(_PUT, (who, *kept))

    def _delete(self, where: str, value: str) -> int:
        assert self._db is not None, "use `async with`"
        return self._db.execute(f"DELETE FROM callers WHERE {where}", (value,)).rowcount
