"""Desk: keeps Asterisk's queue members as planned, knows who is there, and answers `match`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace

from ivr.errors import ManagerError
from ivr.flow.need import Need
from ivr.flow.steps import Tier
from ivr.ports import (
    Clock,
    QueueEntry,
    SwitchBack,
    SwitchEvent,
    SwitchFields,
    SwitchLost,
    SwitchManager,
    SwitchNotice,
)
from ivr.routing.attendance import Attendance
from ivr.routing.matching import Match, escalate, match
from ivr.routing.membership import (
    LOGGED_OUT,
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
from ivr.routing.waiting_line import Estimate, WaitingLine

REST_SECONDS = 30.0
"""How long an agent who did not answer is left in peace."""

log = logging.getLogger(__name__)


class Desk:
    """The agents of one hotline on one Asterisk.

    Subscribe to the manager's notices, `synchronise`, then let `follow` run as long as the
    server does. While there is no link nobody is taken for absent: app_queue knows better, and
    turns callers away itself where a queue is empty. `clock` gives seconds since the epoch.

    `absences` says which agents take no calls and why, `LOGGED_OUT` being one reason; `keep` is
    called with all of them after each change. `wrap_up` is app_queue's own wrapuptime in seconds.
    """

    def __init__(
        self,
        plan: QueuePlan,
        team: Team,
        manager: SwitchManager,
        weights: Weights = DEFAULT_WEIGHTS,
        clock: Clock = time.time,
        rest_seconds: float = REST_SECONDS,
        absences: Mapping[str, str] | None = None,
        keep: Callable[[Mapping[str, str]], None] = lambda absences: None,
        wrap_up: float = 0.0,
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
        self._absences = dict(absences or {})
        self._keep = keep
        self._wrap_up = wrap_up
        self._wrapping: dict[str, asyncio.TimerHandle] = {}
        self.line = WaitingLine()
        self._attendance = Attendance(plan)
        self._attendance.set_all(Presence.READY)
        self.connected = False

    @property
    def presence(self) -> Mapping[str, Presence]:
        """Agent name -> presence; everybody ready while there is no link."""
        return self._attendance.presence

    @property
    def absences(self) -> Mapping[str, str]:
        """Agent name -> why they take no calls, for those who said so."""
        return dict(self._absences)

    def joins(self, call_id: str, entry: QueueEntry) -> Estimate | None:
        """Take note that this call is about to wait; what `estimate` says of it."""
        found = self.estimate(entry)
        self.line.rank(call_id, entry.priority)
        return found

    def estimate(self, entry: QueueEntry) -> Estimate | None:
        """Where a caller would stand and how long they would wait; None if nobody need wait."""
        if not self.connected:
            return None
        expected = self.line.estimate(entry.queue, entry.priority)
        if expected.position == 1 and self._free(entry.queue, entry.max_penalty):
            return None
        return expected

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

    def escalate(self, queue: str, agent: str, need: Need, joined: float) -> Match:
        """The queue for a caller of `queue` whom `agent` sends on, or none with the reason."""
        found = self.team.agent(agent)
        return escalate(
            self.plan,
            self._attendance.census,
            queue,
            found.tier if found else Tier.EXPERT,
            need,
            joined=joined,
            now=self._clock(),
            weights=self._weights,
        )

    async def synchronise(self) -> None:
        """Put the members right by a snapshot, and take presence from another one.

        Raises:
            ManagerError: if the link fails, or Asterisk refuses members; all others are in place.
        """
        orders = reconcile(self.plan, _members(await self._manager.queue_status()))
        refused = [fault for order in orders if (fault := await self._obey(order))]
        there = _members(await self._manager.queue_status())
        for name, reason in self._missing_pauses(there):
            await self._manager.pause_member(self._interface(name), True, reason)
        status = await self._manager.queue_status()
        self._believe(_members(status))
        self.line.snapshot(status, self._clock(), self._free)
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
                for timer in self._wrapping.values():
                    timer.cancel()

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
                await self._manager.pause_member(self._interface(name), False)
        except ManagerError as error:
            log.warning("agent %s stays paused: %s", name, error)
        finally:
            del self._resting[name]

    def _heard(self, event: Mapping[str, str]) -> None:
        if self.line.heard(event, self._clock(), self._free):
            return
        seen = read_member(event)
        if seen is None or not self.connected or event.get("Event") == "QueueMemberRemoved":
            return
        name = self._names.get(seen.interface)
        if name is None:
            return
        self._note_unanswered(name, seen)
        self._attend(name, seen)

    def _note_unanswered(self, name: str, seen: Seen) -> None:
        if seen.unanswered:
            self._unanswered.add(name)
        else:
            self._unanswered.discard(name)

    def _attend(self, name: str, seen: Seen) -> None:
        """Take what was seen for their presence; one who has just had a call wraps up first."""
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

    def _wrapped_up(self, name: str) -> None:
        self._wrapping.pop(name, None)
        self._attendance.set(name, Presence.READY)

    async def login(self, name: str) -> None:
        """Offer this agent calls, whatever kept them away; raises as `pause` does."""
        await self._manager.pause_member(self._interface(name), False)
        self._absent(name, None)

    async def logout(self, name: str) -> None:
        """Nobody rings this agent until `login`, not even over restarts; raises as `pause` does."""
        await self._pause(name, LOGGED_OUT)

    async def pause(self, name: str, reason: str) -> None:
        """Offer this agent no calls until `resume`.

        Raises:
            ManagerError: if there is no such agent, they are logged out, or Asterisk refuses.
            StoreError: if it cannot be kept over a restart; the pause itself holds.
        """
        self._present(name)
        await self._pause(name, reason)

    async def resume(self, name: str) -> None:
        """End a pause; raises as `pause` does."""
        self._present(name)
        await self.login(name)

    async def renew(self, plan: QueuePlan, team: Team) -> None:
        """Go by another agents file from now on; its queues must be those of the plan before.

        Raises:
            ManagerError: as `synchronise`.
        """
        before = self._attendance.presence
        self.plan, self.team = plan, team
        self._names = {agent.interface: agent.name for agent in team.agents}
        self._attendance = Attendance(plan)
        for agent in team.agents:
            self._attendance.set(agent.name, before.get(agent.name, Presence.OFFLINE))
        await self.synchronise()

    async def part(self, channel: str) -> None:
        """Hang up an agent's leg, by its channel; the caller stays with us.

        Raises:
            ManagerError: if Asterisk refuses.
        """
        await self._manager.hang_up(channel)

    async def _pause(self, name: str, reason: str) -> None:
        await self._manager.pause_member(self._interface(name), True, reason)
        self._absent(name, reason)

    def _absent(self, name: str, reason: str | None) -> None:
        before = dict(self._absences)
        self._absences.pop(name, None)
        if reason is not None:
            self._absences[name] = reason
        if self._absences != before:
            self._keep(self._absences)

    def _present(self, name: str) -> None:
        self._interface(name)
        if self._absences.get(name) == LOGGED_OUT:
            raise ManagerError(f"agent {name} is logged out: log in first")

    def _missing_pauses(self, there: Sequence[Seen]) -> list[tuple[str, str]]:
        """Absences that Asterisk does not know of: it was restarted, or members are new."""
        unpaused = {
            name
            for seen in there
            if (name := self._names.get(seen.interface)) is not None
            and seen.reason != self._absences.get(name)
        }
        return [(name, why) for name, why in self._absences.items() if name in unpaused]

    def _free(self, queue: str, max_penalty: int = 0) -> bool:
        """Whether an agent who may answer this queue now is ready."""
        found = self.plan.queues.get(queue)
        if found is None:
            return False
        counts = self._attendance.census(queue)
        return any(
            ready
            for step, (_, ready) in counts.items()
            if not max_penalty or found.max_penalty(step) <= max_penalty
        )

    def _interface(self, name: str) -> str:
        agent = self.team.agent(name)
        if agent is None:
            raise ManagerError(f"no agent is called {name!r}; see ivr agents ls")
        return agent.interface

    def _believe(self, seen: Sequence[Seen]) -> None:
        """Whoever the snapshot does not hold is offline."""
        found = {self._names[s.interface]: s for s in seen if s.interface in self._names}
        for agent in self.team.agents:
            there = found.get(agent.name)
            if there:
                self._attend(agent.name, there)
                self._note_unanswered(agent.name, there)
            else:
                self._attendance.set(agent.name, Presence.OFFLINE)
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


def _members(status: Sequence[SwitchFields]) -> list[Seen]:
    members = (event for event in status if event.get("Event", "QueueMember") != "QueueEntry")
    return [seen for event in members if (seen := read_member(event)) is not None]
