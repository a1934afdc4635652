"""Desk: keeps Asterisk's queue members as planned, knows who is there, and answers `match`."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ivr.errors import ManagerError
from ivr.flow.need import Need
from ivr.ports import Clock
from ivr.routing.attendance import Attendance
from ivr.routing.matching import Match, match
from ivr.routing.membership import (
    AddMember,
    Order,
    RemoveMember,
    Seen,
    SetPenalty,
    read_member,
    reconcile,
)
from ivr.routing.priority import DEFAULT_WEIGHTS, Weights
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Presence, Team

MAX_HELD_EVENTS = 10_000

log = logging.getLogger(__name__)


class QueueManager(Protocol):
    """The queue part of the Asterisk Manager Interface. Every method may raise ManagerError."""

    async def add_member(
        self, queue: str, interface: str, name: str, penalty: int, state_interface: str = ""
    ) -> None:
        """QueueAdd."""

    async def remove_member(self, queue: str, interface: str) -> None:
        """QueueRemove."""

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None:
        """QueuePenalty."""

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None:
        """QueuePause in all queues."""

    async def queue_members(self) -> Sequence[Mapping[str, str]]:
        """The QueueMember events that answer QueueStatus, with their fields."""


class Desk:
    """The agents of one hotline on one Asterisk.

    Call `synchronise` after each (re)connection of the manager link, `heard` with each event, and
    `lost` when the link is gone. While it is gone nobody is taken for absent: app_queue knows
    better, and turns callers away itself where a queue is empty.
    """

    def __init__(
        self,
        plan: QueuePlan,
        team: Team,
        manager: QueueManager,
        weights: Weights = DEFAULT_WEIGHTS,
        clock: Clock = time.time,
    ) -> None:
        self.plan = plan
        self.team = team
        self._manager = manager
        self._weights = weights
        self._clock = clock
        self._names = {agent.interface: agent.name for agent in team.agents}
        self._attendance = Attendance(plan)
        self._attendance.set_all(Presence.READY)
        self._held: list[Mapping[str, str]] | None = None
        self.connected = False

    @property
    def presence(self) -> Mapping[str, Presence]:
        """Agent name -> presence; everybody ready while there is no link."""
        return self._attendance.presence

    def match(self, need: Need, language: str = "", joined: float | None = None) -> Match:
        """The queue for `need` now, and why; see `ivr.routing.matching.match`.

        `joined` is when the caller began to wait, in seconds since the epoch; now, if not given.
        """
        now = self._clock()
        decision = match(
            self.plan,
            self._attendance.census,
            need,
            language,
            joined=now if joined is None else joined,
            now=now,
            weights=self._weights,
        )
        if self.connected:
            return decision
        return replace(decision, why=f"presence unknown, no manager link; {decision.why}")

    async def synchronise(self) -> None:
        """Take a snapshot, put the members right, and trust events from then on.

        Raises:
            ManagerError: if the link fails, or Asterisk refuses members; all others are in place.
        """
        self._held = []
        try:
            seen = await self._snapshot()
            refused = [
                fault for order in reconcile(self.plan, seen) if (fault := await self._obey(order))
            ]
            seen = await self._snapshot()
            self._believe(seen)
        finally:
            held, self._held = self._held, None
            for event in held:
                self.heard(event)
        if refused:
            raise ManagerError(
                f"Asterisk refused {len(refused)} queue members, first: {refused[0]}; "
                "do its queues.conf and this agents file belong together?"
            )

    def heard(self, event: Mapping[str, str]) -> None:
        """Take note of an AMI event; those that are not about queue members do nothing."""
        seen = read_member(event)
        if seen is None or event.get("Event") == "QueueMemberRemoved":
            return
        if self._held is not None:
            if len(self._held) < MAX_HELD_EVENTS:
                self._held.append(dict(event))
            return
        name = self._names.get(seen.interface)
        if name is not None and self.connected and self._attendance.set(name, seen.presence):
            log.info("agent %s is %s", name, seen.presence.value)

    def lost(self) -> None:
        """The manager link is gone."""
        self.connected = False
        self._attendance.set_all(Presence.READY)

    async def pause(self, name: str, reason: str) -> None:
        """Offer this agent no calls until `resume`.

        Raises:
            ManagerError: if there is no such agent, or Asterisk refuses.
        """
        await self._manager.pause_member(self._interface(name), True, reason)

    async def resume(self, name: str) -> None:
        """End a pause; raises as `pause` does."""
        await self._manager.pause_member(self._interface(name), False)

    def _interface(self, name: str) -> str:
        agent = self.team.agent(name)
        if agent is None:
            raise ManagerError(f"no agent is called {name!r}; see ivr agents ls")
        return agent.interface

    async def _snapshot(self) -> list[Seen]:
        events = await self._manager.queue_members()
        return [seen for event in events if (seen := read_member(event)) is not None]

    def _believe(self, seen: Sequence[Seen]) -> None:
        """Whoever the snapshot does not hold is offline."""
        found = {self._names[s.interface]: s.presence for s in seen if s.interface in self._names}
        for agent in self.team.agents:
            self._attendance.set(agent.name, found.get(agent.name, Presence.OFFLINE))
        self.connected = True

    async def _obey(self, order: Order) -> str:
        """Do it; gives why not, if Asterisk refused."""
        try:
            match order:
                case AddMember(queue, interface, name, penalty, state):
                    await self._manager.add_member(queue, interface, name, penalty, state)
                case RemoveMember(queue, interface):
                    await self._manager.remove_member(queue, interface)
                case SetPenalty(queue, interface, penalty):
                    await self._manager.set_penalty(queue, interface, penalty)
        except ManagerError as error:
            return f"{order.interface} in {order.queue}: {error}"
        return ""
