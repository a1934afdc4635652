"""Desk: follows the queues of one Asterisk, answers `match`, and obeys agents and supervisors."""

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
from ivr.routing.desk.absences import Absences
from ivr.routing.desk.members import members_of, put_right
from ivr.routing.desk.presences import Presences
from ivr.routing.desk.rests import Rests
from ivr.routing.matching import Match, escalate, match
from ivr.routing.membership import LOGGED_OUT, Seen, read_member
from ivr.routing.overdue import OverdueCaller, overdue
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
        self._absences = Absences(absences or {}, keep)
        self._presences = Presences(plan, wrap_up, clock)
        self._rests = Rests(rest_seconds, self._resume)
        self._told: dict[str, float] = {}
        self.line = WaitingLine()
        self.connected = False

    # -- who is there, and who should answer -----------------------------------------------------

    @property
    def presence(self) -> Mapping[str, Presence]:
        """Agent name -> presence; everybody ready while there is no link."""
        return self._presences.by_agent

    @property
    def absences(self) -> Mapping[str, str]:
        """Agent name -> why they take no calls, for those who said so."""
        return self._absences.reasons

    def match(self, need: Need, language: str = "", joined: float | None = None) -> Match:
        """The queue for `need` now, and why; see `ivr.routing.matching.match`.

        `joined` is when the caller began to wait, in seconds since the epoch; now, if not given.
        """
        now = self._clock()
        decision = match(
            self.plan,
            self._presences.census,
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
            self._presences.census,
            queue,
            found.tier if found else Tier.EXPERT,
            need,
            joined=joined,
            now=self._clock(),
            weights=self._weights,
        )

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
        if expected.position == 1 and self._presences.free(entry.queue, entry.max_penalty):
            return None
        return expected

    def overdue(self) -> list[OverdueCaller]:
        """Who has waited so long that they go before the urgent now."""
        return overdue(self.plan, self.line.callers, self._clock(), self._weights)

    # -- what agents and supervisors say ----------------------------------------------------------

    async def login(self, name: str) -> None:
        """Offer this agent calls, whatever kept them away; raises as `pause` does."""
        await self._resume(name)
        self._absences.set(name, None)

    async def logout(self, name: str) -> None:
        """Nobody rings this agent until `login`, not even over restarts; raises as `pause` does."""
        await self._pause(name, LOGGED_OUT)

    async def pause(self, name: str, reason: str) -> None:
        """Offer this agent no calls until `resume`.

        Raises:
            ManagerError: if there is no such agent, they are logged out, or Asterisk refuses.
            StoreError: if it cannot be kept over a restart; the pause itself holds.
        """
        self._absences.check_logged_in(name)
        await self._pause(name, reason)

    async def resume(self, name: str) -> None:
        """End a pause; raises as `pause` does."""
        self._absences.check_logged_in(name)
        await self.login(name)

    async def take_up(self, absences: Mapping[str, str]) -> None:
        """Go by absences that were kept, and that nobody could read when the desk opened.

        Raises:
            ManagerError: as `synchronise`.
        """
        self._absences.take_up(absences)
        await self.synchronise()

    async def part(self, channel: str) -> None:
        """Hang up an agent's leg, by its channel; the caller stays with us.

        Raises:
            ManagerError: if Asterisk refuses.
        """
        await self._manager.hang_up(channel)

    async def renew(self, plan: QueuePlan, team: Team) -> None:
        """Go by another agents file from now on; its queues must be those of the plan before.

        Raises:
            ManagerError: as `synchronise`.
        """
        self.plan, self.team = plan, team
        self._names = {agent.interface: agent.name for agent in team.agents}
        self._presences.renew(plan, team)
        await self.synchronise()

    # -- keeping up with Asterisk -----------------------------------------------------------------

    async def synchronise(self) -> None:
        """Put the members right by a snapshot, and take presence from another one.

        Raises:
            ManagerError: if the link fails, or Asterisk refuses members; all others are in place.
        """
        refused = await put_right(self._manager, self.plan)
        there = self._known(members_of(await self._manager.queue_status()))
        for name, reason in self._absences.unknown_to((name, s.reason) for name, s in there):
            await self._manager.pause_member(self._interface(name), True, reason)
        status = await self._manager.queue_status()
        self._believe(dict(self._known(members_of(status))))
        self.line.snapshot(status, self._clock(), self._presences.free)
        if refused:
            raise ManagerError(
                f"Asterisk refused {len(refused)} queue members, first: {refused[0]}; "
                "do its queues.conf and this agents file belong together?"
            )

    def take_members(self, members: Sequence[SwitchFields], asked: float) -> None:
        """Believe these QueueMember events about whom they tell of: an event may have been lost.

        Agents of whom an event has come since `asked`, when the question was put, are left alone.
        """
        for name, seen in self._known(members_of(members)) if self.connected else ():
            if self._told.get(name, 0.0) < asked:
                self._rests.note(name, seen.unanswered)
                self._presences.attend(name, seen)

    async def follow(self, notices: AsyncIterator[SwitchNotice]) -> None:
        """Keep up with what the manager tells until it is closed.

        Events from before the last snapshot may come late; they do no harm, since those that
        lead to what the snapshot showed come after them.
        """
        async with asyncio.TaskGroup() as group:
            try:
                self._rests.begin(group)
                async for notice in notices:
                    await self._take(notice)
                    self._rests.begin(group)
            finally:
                self._rests.stop()
                self._presences.stop()

    async def _take(self, notice: SwitchNotice) -> None:
        match notice:
            case SwitchEvent(fields):
                self._heard(fields)
            case SwitchLost():
                self.connected = False
                self._rests.forget()
                self._presences.assume_ready()
            case SwitchBack():
                try:
                    await self.synchronise()
                except ManagerError as error:
                    log.warning("agents may be missing from their queues: %s", error)

    def _heard(self, event: Mapping[str, str]) -> None:
        if self.line.heard(event, self._clock(), self._presences.free):
            return
        seen = read_member(event)
        if seen is None or not self.connected or event.get("Event") == "QueueMemberRemoved":
            return
        for name, known in self._known([seen]):
            self._told[name] = self._clock()
            self._rests.note(name, known.unanswered)
            self._presences.attend(name, known)

    def _believe(self, found: Mapping[str, Seen]) -> None:
        """Whoever the snapshot does not hold is offline."""
        for agent in self.team.agents:
            there = found.get(agent.name)
            self._presences.attend(agent.name, there)
            if there:
                self._rests.note(agent.name, there.unanswered)
        self.connected = True

    def _known(self, seen: Sequence[Seen]) -> list[tuple[str, Seen]]:
        """Members who are agents of ours, with their names."""
        return [(self._names[s.interface], s) for s in seen if s.interface in self._names]

    async def _pause(self, name: str, reason: str) -> None:
        await self._manager.pause_member(self._interface(name), True, reason)
        self._absences.set(name, reason)

    async def _resume(self, name: str) -> None:
        await self._manager.pause_member(self._interface(name), False)

    def _interface(self, name: str) -> str:
        agent = self.team.agent(name)
        if agent is None:
            raise ManagerError(f"no agent is called {name!r}; see ivr agents ls")
        return agent.interface
