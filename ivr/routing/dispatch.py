"""Dispatch: who gets whom, event by event, as app_queue does it with the numbers routing gives.

This is what the simulator runs. No event scans agents or callers: its cost grows with the number of
queues an agent is in, times the steps, times the logarithm of the callers who wait.
"""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import inf

from ivr.routing.queues import OVERDUE_WEIGHT, Member, Queue, QueuePlan


@dataclass(slots=True)
class Waiting:
    """One caller who waits. `place` is the virtual arrival: joined minus head start, in seconds."""

    name: int
    queue: str
    place: float
    step: int
    serial: int
    gone: bool = False


@dataclass(slots=True)
class _Line:
    """One queue: its free agents by penalty, its callers by step."""

    queue: Queue
    free: dict[int, OrderedDict[str, None]]
    penalties: list[int]
    waiting: list[list[tuple[float, int, Waiting]]]
    """A heap for each step; entries of callers who left, or are past that step, are void."""
    order: list[tuple[float, int]] = field(default_factory=list)
    """Place and serial of all who wait, sorted."""
    free_count: int = 0


@dataclass(frozen=True, slots=True)
class Pairing:
    """An agent and a caller who belong together now."""

    agent: str
    caller: int
    penalty: int


@dataclass(slots=True)
class Dispatch:
    """Free agents and waiting callers of one plan.

    Of free agents the one of the lowest penalty is taken, among equals the longest idle. Of
    waiting callers the one of the weightiest queue, then of the earliest place, then who came
    first; but those whose place is `most` seconds ago or more are overdue, and go before all
    queues' others. Whoever is paired is neither free nor waiting any more.
    """

    plan: QueuePlan
    most: float = inf
    _lines: dict[str, _Line] = field(init=False)
    _places: dict[str, list[tuple[_Line, Member]]] = field(init=False)
    _free: set[str] = field(default_factory=set, init=False)
    _callers: dict[int, Waiting] = field(default_factory=dict, init=False)
    _serial: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._lines = {name: _line(queue) for name, queue in self.plan.queues.items()}
        self._places = {}
        for line in self._lines.values():
            for member in line.queue.members:
                self._places.setdefault(member.agent.name, []).append((line, member))

    @property
    def waiting(self) -> Mapping[int, Waiting]:
        """Callers who wait, by name."""
        return self._callers

    @property
    def free(self) -> int:
        """How many agents are free."""
        return len(self._free)

    def join(self, caller: int, queue: str, place: float, step: int = 0) -> Pairing | None:
        """A caller comes; an agent for them, if one is free, else they wait.

        Raises:
            ValueError: if they wait already, or there is no such queue or step.
        """
        line = self._lines.get(queue)
        if line is None or not 0 <= step < len(line.waiting) or caller in self._callers:
            raise ValueError(f"caller {caller} cannot join {queue!r} at step {step}")
        agent = self._best_agent(line, step)
        if agent is not None:
            self._take(agent[0])
            return Pairing(agent[0], caller, agent[1])
        self._serial += 1
        waiting = Waiting(caller, queue, place, step, self._serial)
        self._callers[caller] = waiting
        insort(line.order, (place, waiting.serial))
        heappush(line.waiting[step], (place, waiting.serial, waiting))
        return None

    def widen(self, caller: int, step: int) -> Pairing | None:
        """A caller's next step begins: more agents may answer. Nothing for one who is gone."""
        waiting = self._callers.get(caller)
        if waiting is None or step <= waiting.step:
            return None
        line = self._lines[waiting.queue]
        agent = self._best_agent(line, step)
        if agent is not None:
            self._take(agent[0])
            self.leave(caller)
            return Pairing(agent[0], caller, agent[1])
        waiting.step = step
        heappush(line.waiting[step], (waiting.place, waiting.serial, waiting))
        return None

    def leave(self, caller: int) -> bool:
        """A caller waits no longer, for whatever reason; False if they did not wait."""
        waiting = self._callers.pop(caller, None)
        if waiting is None:
            return False
        waiting.gone = True
        order = self._lines[waiting.queue].order
        del order[bisect_left(order, (waiting.place, waiting.serial))]
        return True

    def position(self, caller: int) -> int:
        """Where a caller stands in their queue, counted from 1; 0 for one who does not wait."""
        waiting = self._callers.get(caller)
        if waiting is None:
            return 0
        order = self._lines[waiting.queue].order
        return bisect_left(order, (waiting.place, waiting.serial)) + 1

    def ready(self, agent: str, now: float = 0.0) -> Pairing | None:
        """An agent becomes free; a caller for them, if one waits whom they may answer `now`."""
        if agent in self._free:
            return None
        found = self._best_caller(agent, now)
        if found is not None:
            waiting, penalty = found
            self.leave(waiting.name)
            return Pairing(agent, waiting.name, penalty)
        self._free.add(agent)
        for line, member in self._places.get(agent, ()):
            line.free[member.penalty][agent] = None
            line.free_count += 1
        return None

    def away(self, agent: str) -> None:
        """An agent is not free any more: busy with something else, or gone."""
        if agent in self._free:
            self._take(agent)

    def _take(self, agent: str) -> None:
        self._free.discard(agent)
        for line, member in self._places.get(agent, ()):
            del line.free[member.penalty][agent]
            line.free_count -= 1

    def _best_agent(self, line: _Line, step: int) -> tuple[str, int] | None:
        if not line.free_count:
            return None
        limit = line.queue.max_penalty(step)
        for penalty in line.penalties:
            if penalty > limit:
                return None
            if line.free[penalty]:
                return next(iter(line.free[penalty])), penalty
        return None

    def _best_caller(self, agent: str, now: float) -> tuple[Waiting, int] | None:
        best: tuple[tuple[int, float, int], Waiting, int] | None = None
        for line, member in self._places.get(agent, ()):
            if not line.order:
                continue
            for step in range(member.step, len(line.waiting)):
                waiting = _first(line.waiting[step], step)
                if waiting is not None:
                    overdue = now - waiting.place >= self.most
                    weight = OVERDUE_WEIGHT if overdue else line.queue.weight
                    rank = (-weight, waiting.place, waiting.serial)
                    if best is None or rank < best[0]:
                        best = (rank, waiting, member.penalty)
        return best[1:] if best else None


def _first(heap: list[tuple[float, int, Waiting]], step: int) -> Waiting | None:
    while heap:
        waiting = heap[0][2]
        if not waiting.gone and waiting.step == step:
            return waiting
        heappop(heap)
    return None


def _line(queue: Queue) -> _Line:
    penalties = sorted({member.penalty for member in queue.members})
    free: dict[int, OrderedDict[str, None]] = {penalty: OrderedDict() for penalty in penalties}
    return _Line(queue, free, penalties, [[] for _ in queue.steps])
