"""Absences: which agents take no calls and why, kept in the record over restarts."""

import asyncio
import logging
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from sqlalchemy import Engine, delete, insert, select

from ivr.errors import StoreError
from ivr.store.clean import clipped, plain
from ivr.store.database import reading, writing
from ivr.store.store_thread import StoreThread
from ivr.store.tables import absences

log = logging.getLogger(__name__)

MAX_REASON = 60
PAUSE_SECONDS = 5.0
"""Between two tries at a database that is away."""


class Absences:
    """Agent name -> reason. `save` returns at once, so that no agent's order waits for a disk.

    After a `load` that failed nothing is written before one succeeds: it would take the place of
    what could not be read.
    """

    def __init__(self, engine: Engine, pause: float = PAUSE_SECONDS) -> None:
        self._engine = engine
        self._pause = pause
        self._thread = StoreThread("absences")
        self._wanted: dict[str, str] | None = None
        self._leaving = False
        self._unread = False

    async def __aenter__(self) -> Self:
        await self._thread.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leaving = True
        if self._unread and self._wanted is not None:
            log.error("who is away since the start is not kept: the record never answered")
        await self._thread.__aexit__(kind, error, trace)

    def load(self) -> dict[str, str]:
        """What was kept.

        Raises:
            StoreError: if the database fails.
        """
        self._unread = True
        with reading(self._engine) as db:
            found = {str(agent): str(reason) for agent, reason in db.execute(select(absences))}
        self._unread = False
        return found

    async def load_late(self) -> dict[str, str]:
        """What was kept, as soon as the database gives it; then `save` what is true by now."""
        while True:
            try:
                return await self._thread.do(self.load)
            except StoreError:
                await asyncio.sleep(self._pause)

    def save(self, now: Mapping[str, str]) -> None:
        """Keep these, and no others, as soon as the database takes them; the last word counts."""
        self._wanted = dict(now)
        if not self._unread:
            self._thread.soon(self._keep)

    # -- in the thread -------------------------------------------------------------------------

    def _keep(self) -> None:
        while (wanted := self._wanted) is not None:
            try:
                self._write(wanted)
            except StoreError as error:
                log.error("who is away cannot be kept: %s", error)
                if self._leaving:
                    return
                time.sleep(self._pause)
                continue
            if self._wanted is wanted:
                self._wanted = None

    def _write(self, wanted: Mapping[str, str]) -> None:
        rows = {
            clipped(agent, absences.c.agent): plain(reason)[:MAX_REASON]
            for agent, reason in wanted.items()
        }
        with writing(self._engine) as db:
            db.execute(delete(absences))
            if rows:
                db.execute(
                    insert(absences),
                    [{"agent": agent, "reason": reason} for agent, reason in rows.items()],
                )
