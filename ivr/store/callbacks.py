"""Callbacks kept in the record: promised once, dialled one at a time, closed with a reason."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, insert, or_, select, update

from ivr.errors import StoreError
from ivr.store.clean import clipped, plain
from ivr.store.database import reading, writing
from ivr.store.tables import callbacks

MAX_OPEN = 10_000

WAITING, DIALLING, TALKING, DONE, CLOSED = "waiting", "dialling", "talking", "done", "closed"
OPEN = (WAITING, DIALLING, TALKING)


Place = tuple[float, int]
"""When the caller began to wait, and the promise's id: who is before whom."""
FOREMOST: Place = (-math.inf, 0)


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

    @property
    def place(self) -> Place:
        return self.joined, self.id


class CallbackStore:
    """Every change is on disk before the method returns; so every method blocks.

    Raises:
        StoreError: from any method, if the database fails.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, number: str, joined: float, story: Mapping[str, Any]) -> Callback:
        """Promise a call; a number that is promised one already keeps that one."""
        opened = self.open()
        for known in opened:
            if known.number == number and known.state == WAITING:
                return known
        if len(opened) >= MAX_OPEN:
            raise StoreError(f"{MAX_OPEN} callbacks are open already")
        row = {
            "number": clipped(number, callbacks.c.number),
            "joined": joined,
            "story": json.dumps(dict(story)),
        }
        with writing(self._engine) as db:
            added = db.execute(insert(callbacks).values(row).returning(callbacks.c.id))
            number_given = int(added.scalar_one())
        return self.get(number_given)

    def get(self, number: int) -> Callback:
        """Raises StoreError if there is no such callback."""
        found = self.find(number)
        if found is None:
            raise StoreError(f"there is no callback {number}")
        return found

    def find(self, number: int) -> Callback | None:
        """One of them, over or not."""
        return next(iter(self._rows(callbacks.c.id == number)), None)

    def open(self) -> list[Callback]:
        """Those not over yet, who waits longest first."""
        return self._rows(callbacks.c.state.in_(OPEN))

    def dialling(self) -> list[Callback]:
        """Those that are being dialled, who waits longest first."""
        return self._rows(callbacks.c.state == DIALLING)

    def due(self, now: float, most: int, behind: Place = FOREMOST) -> list[Callback]:
        """Up to `most` of those that wait and are due, who waits longest first, behind a place."""
        joined, number = behind
        waits = and_(callbacks.c.state == WAITING, callbacks.c.due <= now)
        if behind != FOREMOST:
            later = and_(callbacks.c.joined == joined, callbacks.c.id > number)
            waits = and_(waits, or_(callbacks.c.joined > joined, later))
        return self._read(_by_place(waits).limit(most))

    def latest(self, most: int) -> list[Callback]:
        """Those promised last, over or not, who waits longest first."""
        last = select(callbacks.c.id).order_by(callbacks.c.id.desc()).limit(most)
        return self._rows(callbacks.c.id.in_(last))

    def hurry(self, callback: int) -> bool:
        """Make one that waits due at once; False if it does not wait."""
        waits = callbacks.c.id == callback, callbacks.c.state == WAITING
        with writing(self._engine) as db:
            return db.execute(update(callbacks).where(*waits).values(due=0.0)).rowcount == 1

    def move(self, callback: int, before: str, after: str, reason: str = "") -> bool:
        """Change the state if it is still `before`; False if somebody was quicker."""
        more = 1 if after == DIALLING else 0
        statement = (
            update(callbacks)
            .where(callbacks.c.id == callback, callbacks.c.state == before)
            .values(state=after, reason=plain(reason), attempts=callbacks.c.attempts + more)
        )
        with writing(self._engine) as db:
            return db.execute(statement).rowcount == 1

    def postpone(self, callback: int, due: float, reason: str) -> None:
        """Try again later, if it is being dialled."""
        values = {"state": WAITING, "due": due, "reason": plain(reason)}
        dialled = callbacks.c.id == callback, callbacks.c.state == DIALLING
        with writing(self._engine) as db:
            db.execute(update(callbacks).where(*dialled).values(values))

    def _rows(self, where: ColumnElement[bool]) -> list[Callback]:
        return self._read(_by_place(where))

    def _read(self, query: Select[Any]) -> list[Callback]:
        with reading(self._engine) as db:
            rows = db.execute(query).mappings().all()
        return [Callback(**{**row, "story": json.loads(row["story"])}) for row in rows]


def _by_place(where: ColumnElement[bool]) -> Select[Any]:
    return select(callbacks).where(where).order_by(callbacks.c.joined, callbacks.c.id)
