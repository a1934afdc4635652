"""Attendance: who is there now, counted per queue and step so that a match never scans."""

from collections.abc import Mapping
from types import MappingProxyType

from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Presence


class Attendance:
    """Presence of every agent of a plan; everybody is offline until told otherwise.

    A change costs time in proportion to the queues the agent is in; `census` costs none.
    """

    def __init__(self, plan: QueuePlan) -> None:
        self._presence: dict[str, Presence] = {}
        self._places: dict[str, list[tuple[dict[int, tuple[int, int]], int]]] = {}
        self._counts: dict[str, dict[int, tuple[int, int]]] = {}
        for queue in plan.queues.values():
            counts = self._counts.setdefault(queue.name, {})
            for member in queue.members:
                counts[member.step] = (0, 0)
                self._presence[member.agent.name] = Presence.OFFLINE
                self._places.setdefault(member.agent.name, []).append((counts, member.step))

    @property
    def presence(self) -> Mapping[str, Presence]:
        """Agent name -> presence, as it stands."""
        return MappingProxyType(self._presence)

    def census(self, queue: str) -> Mapping[int, tuple[int, int]]:
        """Step -> (agents logged in, of these ready) of one queue; empty for an unknown one."""
        return self._counts.get(queue, {})

    def set(self, agent: str, presence: Presence) -> bool:
        """Take note; False if nothing changed, or nobody of that name is in the plan."""
        before = self._presence.get(agent)
        if before is None or before is presence:
            return False
        self._presence[agent] = presence
        here = presence.logged_in - before.logged_in
        ready = (presence is Presence.READY) - (before is Presence.READY)
        for counts, step in self._places[agent]:
            old_here, old_ready = counts[step]
            counts[step] = (old_here + here, old_ready + ready)
        return True

    def set_all(self, presence: Presence) -> None:
        for agent in self._presence:
            self.set(agent, presence)
