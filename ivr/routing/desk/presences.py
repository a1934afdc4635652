"""Presences: what queue members tell of each agent, and the time after a call that is wrap-up."""

import asyncio
import logging
from collections.abc import Mapping

from ivr.ports import Clock
from ivr.routing.attendance import Attendance
from ivr.routing.matching import Census
from ivr.routing.membership import Seen
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Presence, Team

log = logging.getLogger(__name__)


class Presences:
    """Everybody is ready until told otherwise. `wrap_up` is app_queue's wrapuptime in seconds."""

    def __init__(self, plan: QueuePlan, wrap_up: float, clock: Clock) -> None:
        self._plan = plan
        self._wrap_up = wrap_up
        self._clock = clock
        self._wrapping: dict[str, asyncio.TimerHandle] = {}
        self._attendance = Attendance(plan)
        self.assume_ready()

    @property
    def by_agent(self) -> Mapping[str, Presence]:
        return self._attendance.presence

    @property
    def census(self) -> Census:
        return self._attendance.census

    def assume_ready(self) -> None:
        """Nothing is known: app_queue knows better, so nobody is taken for absent."""
        self._attendance.set_all(Presence.READY)

    def renew(self, plan: QueuePlan, team: Team) -> None:
        """Go by another plan and team; whoever was in the one before keeps their presence."""
        before = self._attendance.presence
        self._plan = plan
        self._attendance = Attendance(plan)
        for agent in team.agents:
            self._attendance.set(agent.name, before.get(agent.name, Presence.OFFLINE))

    def attend(self, name: str, seen: Seen | None) -> None:
        """Take what was seen; one who has just had a call wraps up first, one unseen is offline."""
        if seen is None:
            self._attendance.set(name, Presence.OFFLINE)
            return
        if timer := self._wrapping.pop(name, None):
            timer.cancel()
        presence = seen.presence
        left = min(self._wrap_up, seen.last_call + self._wrap_up - self._clock())
        if presence is Presence.READY and seen.last_call and left > 0:
            presence = Presence.WRAP_UP
            loop = asyncio.get_running_loop()
            self._wrapping[name] = loop.call_later(left, self._wrapped_up, name)
        if self._attendance.set(name, presence):
            log.info("agent %s is %s", name, presence.value)

    def stop(self) -> None:
        """No wrap-up ends any more."""
        for timer in self._wrapping.values():
            timer.cancel()

    def free(self, queue: str, max_penalty: int = 0) -> bool:
        """Whether an agent who may answer this queue now is ready."""
        found = self._plan.queues.get(queue)
        if found is None:
            return False
        return any(
            ready
            for step, (_, ready) in self._attendance.census(queue).items()
            if not max_penalty or found.max_penalty(step) <= max_penalty
        )

    def _wrapped_up(self, name: str) -> None:
        self._wrapping.pop(name, None)
        self._attendance.set(name, Presence.READY)
