"""Live: keeps the board true, by records, notices, and a snapshot every few seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from datetime import date
from typing import Any

from ivr.call.journal import Record
from ivr.dialogue.state import State
from ivr.errors import ManagerError
from ivr.live.board import GOAL_SECONDS, Board
from ivr.live.people import Staff
from ivr.ports import Clock, SwitchManager, SwitchNotice

RECONCILE_SECONDS = 3.0
"""A picture that is wrong, because an event was lost, is right again after so long at most."""
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)

Sessions = Callable[[], Mapping[str, State | None]]
Work = Coroutine[Any, Any, None]


class Live:
    """Feeds the board of one house. `sessions` tells the calls of this process that go on."""

    def __init__(
        self,
        staff: Staff,
        sessions: Sessions,
        goal: float = GOAL_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        self.board = Board(staff, goal)
        self._sessions = sessions
        self._clock = clock

    def take(self, record: Record) -> None:
        """Follow a call by one record: a sink of its journal."""
        self.board.take_record(record, self._clock())

    def work(self, manager: SwitchManager) -> list[Work]:
        """What keeps the board true, to be run beside the server."""
        return [self._follow(manager.events()), self._reconcile(manager), self._look()]

    async def reconcile(self, manager: SwitchManager) -> None:
        """Compare the picture with Asterisk and the sessions now.

        Raises:
            ManagerError: if Asterisk does not answer.
        """
        asked = self._clock()
        channels, queues = await manager.channels(), await manager.queue_status()
        now = self._clock()
        found = self.board.read(channels, queues, now)
        self.board.reconcile(found, asked, now, self._sessions())

    async def _follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        async for notice in notices:
            self.board.take_notice(notice, self._clock())

    async def _reconcile(self, manager: SwitchManager) -> None:
        while True:
            if manager.connected:
                try:
                    await self.reconcile(manager)
                except ManagerError as error:
                    log.warning("the live picture was not compared with Asterisk: %s", error)
            await asyncio.sleep(RECONCILE_SECONDS)

    async def _look(self) -> None:
        while True:
            self.board.begin_day(date.today().isoformat())
            await asyncio.sleep(LOOK_SECONDS)
