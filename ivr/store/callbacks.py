"""Callbacks kept in SQLite: promised once, dialled one at a time, closed with a reason."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ivr.errors import StoreError

MAX_OPEN = 10_000

WAITING, DIALLING, TALKING, DONE, CLOSED = "waiting", "dialling", "talking", "done", "closed"

_TABLE = """
CREATE TABLE IF NOT EXISTS callbacks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL,
    joined REAL NOT NULL,
    story TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT ''
)
"""


@dataclass(frozen=True, slots=True)
class Callback:
    """One promise to call. `joined` is when the caller began to wait, `due` when to try next, both
    in seconds since the epoch; `story` holds the need and context of the call it came from."""

    id: int
    number: str
    joined: float
    story: Mapping[str, Any]
    state: str
    attempts: int
    due: float
    reason: str


class CallbackStore:
    """One file; every change is on disk before the method returns.

    Raises:
        StoreError: from any method, if the file cannot be read or written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._db = sqlite3.connect(self._path, isolation_level=None)
            self._path.chmod(0o600)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(_TABLE)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self._path}: callbacks cannot be kept: {error}") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def add(self, number: str, joined: float, story: Mapping[str, Any]) -> Callback:
        """Promise a call; a number that is promised one already keeps that one."""
        for known in self.open():
            if known.number == number and known.state == WAITING:
                return known
        if len(self.open()) >= MAX_OPEN:
            raise StoreError(f"{MAX_OPEN} callbacks are open already")
        cursor = self._run(
            "INSERT INTO callbacks (number, joined, story) VALUES (?, ?, ?)",
            number,
            joined,
            json.dumps(dict(story), ensure_ascii=False),
        )
        return self.get(int(cursor.lastrowid or 0))

    def get(self, number: int) -> Callback:
        rows = self._rows("id = ?", number)
        if not rows:
            raise StoreError(f"there is no callback {number}")
        return rows[0]

    def open(self) -> list[Callback]:
        """Those not over yet, who waits longest first."""
        return self._rows("state IN ('waiting', 'dialling', 'talking')")

    def move(self, callback: int, before: str, after: str, reason: str = "") -> bool:
        """Change the state if it is still `before`; False if somebody was quicker."""
        more = ", attempts = attempts + 1" if after == DIALLING else ""
        cursor = self._run(
            f"UPDATE callbacks SET state = ?, reason = ?{more} WHERE id = ? AND state = ?",
            after,
            reason,
            callback,
            before,
        )
        return cursor.rowcount == 1

    def postpone(self, callback: int, due: float, reason: str) -> None:
        """Try again later."""
        self._run(
            "UPDATE callbacks SET state = 'waiting', due = ?, reason = ? WHERE id = ?",
            due,
            reason,
            callback,
        )

    def _rows(self, where: str, *values: object) -> list[Callback]:
        columns = "id, number, joined, story, state, attempts, due, reason"
        cursor = self._run(
            f"SELECT {columns} FROM callbacks WHERE {where} ORDER BY joined, id", *values
        )
        return [
            Callback(one[0], one[1], one[2], json.loads(one[3]), *one[4:])
            for one in cursor.fetchall()
        ]

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        try:
            return self._db.execute(statement, values)
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {error}") from error
