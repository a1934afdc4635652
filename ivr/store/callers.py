"""KeptCallers: histories of callers in the record; a thread of its own does the waiting."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select, update

from ivr.ports import Lesson, Profile
from ivr.store.caller_history import COMPLAINED_DAYS, CallerHistory, known_by
from ivr.store.database import reading, writing
from ivr.store.store_thread import StoreThread
from ivr.store.tables import callers

KEPT_DAYS = 400
"""Whoever has not called for so long is forgotten, see `ivr.store.retention`."""

T = TypeVar("T")


class KeptCallers:
    """A `CallerBook`; use as an async context manager. Numbers are kept as keyed hashes only.

    Raises:
        StoreError: from every method, if the database fails.
    """

    def __init__(
        self,
        engine: Engine,
        key: bytes,
        complained_days: int = COMPLAINED_DAYS,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._complained_days = complained_days
        self._today = today
        self._engine = engine
        self._key = key
        self._thread = StoreThread("callers")

    async def __aenter__(self) -> Self:
        await self._thread.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._thread.__aexit__(kind, error, trace)

    async def profile(self, caller: str) -> Profile:
        who = known_by(caller, self._key)
        if not who:
            return {}
        history = await self._thread.do(lambda: self._read(who))
        return history.profile(self._today(), self._complained_days)

    async def learn(self, caller: str, lesson: Lesson) -> None:
        await self._change(caller, lambda history: history.after(lesson, self._today()))

    async def set_tier(self, caller: str, tier: str) -> None:
        await self._change(caller, lambda history: replace(history, tier=tier))

    async def forget(self, caller: str) -> bool:
        who = known_by(caller, self._key)
        return await self._thread.do(lambda: self._delete(who))

    async def _change(self, caller: str, change: Callable[[CallerHistory], CallerHistory]) -> None:
        if who := known_by(caller, self._key):
            await self._thread.do(lambda: self._write(who, change))

    # -- in the thread -------------------------------------------------------------------------

    def _read(self, who: str) -> CallerHistory:
        with reading(self._engine) as db:
            return _found(db, who)[0]

    def _write(self, who: str, change: Callable[[CallerHistory], CallerHistory]) -> None:
        with writing(self._engine) as db:
            history, known = _found(db, who)
            row = _row(change(history), self._today())
            if known:
                db.execute(update(callers).where(callers.c.who == who).values(row))
            else:
                db.execute(insert(callers).values(who=who, **row))

    def _delete(self, who: str) -> bool:
        with writing(self._engine) as db:
            return db.execute(delete(callers).where(callers.c.who == who)).rowcount > 0


def _found(db: Connection, who: str) -> tuple[CallerHistory, bool]:
    query = select(callers).where(callers.c.who == who).with_for_update()
    row = db.execute(query).mappings().first()
    if row is None:
        return CallerHistory(), False
    used = json.loads(row["used"])
    day = date.fromisoformat(row["complained"]) if row["complained"] else None
    return CallerHistory(row["tier"], row["calls"], row["annoyed"], used, day), True


def _row(history: CallerHistory, today: date) -> dict[str, object]:
    return {
        "tier": history.tier,
        "calls": history.calls,
        "annoyed": history.annoyed,
        "used": json.dumps(history.used),
        "day": today.isoformat(),
        "complained": history.complained.isoformat() if history.complained else "",
    }
