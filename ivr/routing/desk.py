"""Desk: keeps Asterisk's queue members as planned, knows who is there, and answers `match`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

from ivr.errors import ManagerError
from ivr.flow.need import Need
from ivr.ports import Clock, SwitchBack, SwitchEvent, SwitchLost, SwitchManager, SwitchNotice
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

REST_SECONDS = 30.0
"""How long an agent who did not answer is left in peace."""

log = logging.getLogger(__name__)


class Desk:
    """The agents of one hotline on one Asterisk.

    Subscribe to the manager's notices, `synchronise`, then let `follow` run as long as the
    server does. While there is no link nobody is taken for absent: app_queue knows better, and
    turns callers away itself where a queue is empty. `clock` gives seconds since the epoch.
    """

    def __init__(
        self,
        plan: QueuePlan,
        team: Team,
        manager: SwitchManager,
        weights: Weights = DEFAULT_WEIGHTS,
        clock: Clock = time.time,
        rest_seconds: float = REST_SECONDS,
    ) -> None:
        self.plan = plan
        self.team = team
        self._manager = manager
        self._weights = weights
        self._clock = clock
        self._names = {agent.interface: agent.name for agent in team.agents}
        self._rest_seconds = rest_seconds
        self._unanswered: set[str] = set()
        self._resting: dict[str, asyncio.Task[None]] = {}
        self._attendance = Attendance(plan)
        self._attendance.set_all(Presence.READY)
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
        """Put the members right by a snapshot, and take presence from another one.

        Raises:
            ManagerError: if the link fails, or Asterisk refuses members; all others are in place.
        """
        orders = reconcile(self.plan, await self._snapshot())
        refused = [fault for order in orders if (fault := await self._obey(order))]
        self._believe(await self._snapshot())
        if refused:
            raise ManagerError(
                f"Asterisk refused {len(refused)} queue members, first: {refused[0]}; "
                "do its queues.conf and this agents file belong together?"
            )

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Keep up with what the manager tells until it is closed.

        Events from before the last snapshot may come late; they do no harm, since those that
        lead to what the snapshot showed come after them.
        """
        async with asyncio.TaskGroup() as group:
            try:
                self._let_rest(group)
                async for notice in notices:
                    await self._take(notice)
                    self._let_rest(group)
            finally:
                for task in self._resting.values():
                    task.cancel()

    async def _take(self, notice: SwitchNotice) -> None:
        match notice:
            case SwitchEvent(fields):
                self._heard(fields)
            case SwitchLost():
                self.connected = False
                self._unanswered.clear()
                self._attendance.set_all(Presence.READY)
            case SwitchBack():
                try:
                    await self.synchronise()
                except ManagerError as error:
                    log.warning("agents may be missing from their queues: %s", error)

    def _let_rest(self, group: asyncio.TaskGroup) -> None:
        for name in self._unanswered - self._resting.keys():
            log.info("agent %s did not answer: no calls for %.0f s", name, self._rest_seconds)
            self._resting[name] = group.create_task(self._rest(name))

    async def _rest(self, name: str) -> None:
        """End app_queue's pause after a while, unless somebody has paused the agent meanwhile."""
        try:
            await asyncio.sleep(self._rest_seconds)
            if name in self._unanswered:
                await self.resume(name)
        except ManagerError as error:
            log.warning("agent %s stays paused: %s", name, error)
        finally:
            del self._resting[name]

    def _heard(self, event: Mapping[str, str]) -> None:
        seen = read_member(event)
        if seen is None or not self.connected or event.get("Event") == "QueueMemberRemoved":
            return
        name = self._names.get(seen.interface)
        if name is None:
            return
        self._note_unanswered(name, seen)
        if self._attendance.set(name, seen.presence):
            log.info("agent %s is %s", name, seen.presence.value)

    def _note_unanswered(self, name: str, seen: Seen) -> None:
        if seen.unanswered:
            self._unanswered.add(name)
        else:
            self._unanswered.discard(name)

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
        found = {self._names[s.interface]: s for s in seen if s.interface in self._names}
        for agent in self.team.agents:
            there = found.get(agent.name)
            self._attendance.set(agent.name, there.presence if there else Presence.OFFLINE)
            if there:
                self._note_unanswered(agent.name, there)
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
