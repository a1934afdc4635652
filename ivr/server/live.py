"""Live: keeps the board true, by records, notices, and a snapshot every few seconds."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from ivr.call.journal import Record
from ivr.dialogue.state import State
from ivr.errors import ManagerError
from ivr.live.alarms import WELL_KEPT, Alarms, Facts, Health, skills_asked_for
from ivr.live.board import GOAL_SECONDS, Board
from ivr.live.people import Staff
from ivr.live.picture import AlarmRow, Picture
from ivr.live.tally import Tally
from ivr.live.thresholds import Thresholds
from ivr.ports import Clock, SwitchFields, SwitchNotice
from ivr.routing.queues import FALLBACK, QueuePlan
from ivr.server.harmless import Harmless

RECONCILE_SECONDS = 3.0
"""A picture that is wrong, because an event was lost, is right again after so long at most."""
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)

Sessions = Callable[[], Mapping[str, State | None]]
Told = Callable[[AlarmRow, float | None], None]
Work = Coroutine[Any, Any, None]


class Switch(Protocol):
    """What is needed of `ivr.telephony.manager.AmiManager`; each coroutine raises ManagerError."""

    @property
    def connected(self) -> bool: ...

    def events(self) -> AsyncIterator[SwitchNotice]: ...

    async def channels(self) -> tuple[SwitchFields, ...]: ...

    async def queue_callers(self) -> tuple[SwitchFields, ...]: ...

    async def members_of(self, queue: str) -> tuple[SwitchFields, ...]: ...


class Crew(Staff, Protocol):
    """The desk, which learns of members whose events were lost."""

    def take_members(self, members: Sequence[SwitchFields], asked: float) -> None: ...


class Live:
    """Feeds the board of one house. `sessions` tells the calls of this process that go on.

    It only looks on: a fault in it leaves the board behind, and the calls alone.
    """

    def __init__(
        self,
        staff: Crew,
        sessions: Sessions,
        thresholds: Thresholds | None = None,
        goal: float = GOAL_SECONDS,
        clock: Clock = time.time,
    ) -> None:
        limits = thresholds or Thresholds()
        self.board = Board(staff, goal)
        self.tally = Tally(limits.nomatch_minutes, limits.recogniser_minutes)
        self.health: Callable[[], Health] = lambda: WELL_KEPT
        """How the record does."""
        self.listeners: list[Told] = []
        """Told of each alarm, with the moment it was over, or None when it is raised."""
        self._staff = staff
        self._sessions = sessions
        self._clock = clock
        self._alarms = Alarms(limits)
        self._plan: QueuePlan | None = None
        self._skills: Mapping[str, frozenset[str]] = {}

    def take(self, record: Record) -> None:
        """Follow a call by one record: a sink of its journal."""
        now = self._clock()
        self.board.take_record(record, now)
        self.tally.take_record(record, now)

    def metrics(self, picture: Picture) -> bytes:
        """This picture and everything counted so far, as Prometheus reads them."""
        from ivr.live.metrics import metrics_text  # needed by the API alone

        return metrics_text(picture, self.tally, self.health())

    def work(self, manager: Switch) -> list[Work]:
        """What keeps the board true, to be run beside the server."""
        return [self._follow(manager.events()), self._reconcile(manager), self._look_out()]

    async def reconcile(self, manager: Switch) -> None:
        """Compare the picture with Asterisk and the sessions now.

        Raises:
            ManagerError: if Asterisk does not answer.
        """
        asked = self._clock()
        channels, callers = await manager.channels(), await manager.queue_callers()
        now = self._clock()
        found = self.board.read(channels, callers, now)
        self.board.reconcile(found, asked, now, self._sessions())
        # Everybody is a member of the fallback queue, and paused or busy in all queues at once.
        asked = self._clock()
        self._staff.take_members(await manager.members_of(FALLBACK), asked)

    def look(self) -> None:
        """Judge the alarms as things are now, and tell what has changed."""
        now = self._clock()
        if self._staff.plan is not self._plan:
            self._plan = self._staff.plan
            self._skills = skills_asked_for(self._plan, self._staff.team)
        self.board.begin_day(date.fromtimestamp(now).isoformat())
        facts = Facts(self.tally, self._skills, self.health())
        changes = self._alarms.look(self.board.picture(now), facts)
        self.board.alarms = self._alarms.rows if changes.any else self.board.alarms
        for row in changes.raised:
            log.warning("alarm %s, %s: %s", row.rule, row.subject, row.text)
            self._tell(row, None)
        for row in changes.cleared:
            log.info("alarm %s, %s: over", row.rule, row.subject)
            self._tell(row, now)

    def _tell(self, row: AlarmRow, cleared: float | None) -> None:
        for listener in self.listeners:
            listener(row, cleared)

    async def _follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        harmless = Harmless("following Asterisk's events for the board")
        async for notice in notices:
            with harmless:
                self.board.take_notice(notice, self._clock())

    async def _reconcile(self, manager: Switch) -> None:
        harmless = Harmless("comparing the board with Asterisk")
        while True:
            with harmless:
                await self._compare(manager)
            await asyncio.sleep(RECONCILE_SECONDS)

    async def _compare(self, manager: Switch) -> None:
        try:
            if manager.connected:
                await self.reconcile(manager)
        except ManagerError as error:
            log.warning("the live picture was not compared with Asterisk: %s", error)

    async def _look_out(self) -> None:
        harmless = Harmless("judging the alarms")
        while True:
            with harmless:
                self.look()
            await asyncio.sleep(LOOK_SECONDS)
