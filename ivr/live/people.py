"""LivePeople: the agents as supervisors see them; their presence is the desk's."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from ivr.live.picture import AgentRow
from ivr.routing.membership import LOGGED_OUT
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Presence, Team


class Staff(Protocol):
    """Who knows the agents: `ivr.routing.desk.Desk`."""

    @property
    def plan(self) -> QueuePlan: ...

    @property
    def team(self) -> Team: ...

    @property
    def connected(self) -> bool:
        """False while `presence` is a guess."""

    @property
    def presence(self) -> Mapping[str, Presence]: ...

    @property
    def absences(self) -> Mapping[str, str]: ...


FREE = frozenset({Presence.READY})
BUSY = frozenset({Presence.RINGING, Presence.BUSY, Presence.WRAP_UP})
AWAY = frozenset({Presence.PAUSED})


class LivePeople:
    """Follows the agents. `interfaces` is what Asterisk calls their telephones -> their names."""

    def __init__(self, staff: Staff) -> None:
        self._staff = staff
        self._team: Team | None = None
        self._rows: dict[str, AgentRow] = {}
        self._shown: tuple[AgentRow, ...] = ()
        self.presence: dict[str, Presence] = {}
        self.interfaces: dict[str, str] = {}

    def follow(self, now: float) -> bool:
        """Look who is there; True if a presence or the team is no longer what it was."""
        changed = self._renew(now)
        if not self._staff.connected:
            return changed
        absences = self._staff.absences
        for name, presence in self._staff.presence.items():
            row = self._rows.get(name)
            if row is None:
                continue
            reason = absences.get(name, "")
            shown = "" if reason == LOGGED_OUT else reason
            if self.presence[name] is not presence:
                changed = True
                self.presence[name] = presence
                self._rows[name] = replace(row, presence=presence.value, since=now, reason=shown)
            elif row.reason != shown:
                self._rows[name] = replace(row, reason=shown)
        return changed

    def took(self, agent: str, call: str) -> None:
        """An agent answered a caller."""
        row = self._rows.get(agent)
        if row is not None:
            self._rows[agent] = replace(row, call=call, calls=row.calls + 1)

    def talks(self, agent: str, call: str) -> None:
        """An agent is with a caller who was counted before."""
        row = self._rows.get(agent)
        if row is not None and row.call != call:
            self._rows[agent] = replace(row, call=call)

    def free(self, agent: str, call: str) -> None:
        """An agent is no longer with this caller."""
        row = self._rows.get(agent)
        if row is not None and row.call == call:
            self._rows[agent] = replace(row, call="")

    def count_up(self, agent: str, calls: int) -> None:
        """Add calls that were counted before."""
        row = self._rows.get(agent)
        if row is not None:
            self._rows[agent] = replace(row, calls=row.calls + calls)

    def new_day(self) -> None:
        """Count from zero."""
        for name, row in self._rows.items():
            self._rows[name] = replace(row, calls=0)

    def rows(self) -> tuple[AgentRow, ...]:
        """Everybody, by name; the same tuple as before if nothing has changed."""
        rows = tuple(self._rows.values())
        if len(rows) != len(self._shown) or any(
            now is not before for now, before in zip(rows, self._shown, strict=True)
        ):
            self._shown = rows
        return self._shown

    def _renew(self, now: float) -> bool:
        """Take another team over, keeping what is known of those who stay."""
        team = self._staff.team
        if team is self._team:
            return False
        self._team = team
        before, presence = self._rows, self.presence
        self.interfaces = {agent.interface.removesuffix("/n"): agent.name for agent in team.agents}
        self._rows, self.presence = {}, {}
        for agent in sorted(team.agents, key=lambda one: one.name):
            known = before.get(agent.name, AgentRow(agent.name, since=now))
            self._rows[agent.name] = replace(
                known,
                title=agent.title,
                tier=agent.tier.label,
                skills=tuple(sorted(agent.skills)),
            )
            self.presence[agent.name] = presence.get(agent.name, Presence.OFFLINE)
        return True
