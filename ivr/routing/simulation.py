"""Simulation: a day of calls played through the live matching code, event by event.

There is no clock and no chance in here: calls come as records, drawn or read by somebody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from types import MappingProxyType

from ivr.flow.need import Need
from ivr.routing.dispatch import Dispatch, Pairing
from ivr.routing.expected_wait import ExpectedWait
from ivr.routing.matching import Census, match
from ivr.routing.priority import DEFAULT_WEIGHTS, Weights, head_start
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Team


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """One caller. Times are seconds: `arrives` from the start, the others are lengths.

    `kind` is the class of calls that figures are given for.
    """

    arrives: float
    kind: str
    need: Need
    language: str
    patience: float
    service: float


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a simulated call went. `agent` is empty for one that was not answered.

    `expected` is the wait in seconds that would have been told at arrival, 0 if none.
    """

    call: SimulatedCall
    waited: float
    agent: str = ""
    queue: str = ""
    expected: float = 0.0

    @property
    def answered(self) -> bool:
        return bool(self.agent)


@dataclass(frozen=True, slots=True)
class Result:
    """Every call in the order it ended its wait; `busy` is each agent's seconds in calls."""

    calls: tuple[CallResult, ...]
    seconds: float
    busy: MappingProxyType[str, float]


_FREE, _LEAVES, _WIDENS = range(3)
"""Kinds of what may happen later; at the same moment an agent comes free before a caller leaves."""


@dataclass(slots=True)
class _Run:
    plan: QueuePlan
    weights: Weights
    wrap_up: float
    dispatch: Dispatch
    census: Census
    later: list[tuple[float, int, int, int, str]] = field(default_factory=list)
    calls: list[SimulatedCall] = field(default_factory=list)
    results: list[CallResult] = field(default_factory=list)
    queues: list[str] = field(default_factory=list)
    lines: ExpectedWait = field(default_factory=ExpectedWait)
    expected: dict[int, float] = field(default_factory=dict)
    busy: dict[str, float] = field(default_factory=dict)
    serial: int = 0
    now: float = 0.0

    def arrive(self, call: SimulatedCall) -> None:
        self.now = call.arrives
        number = len(self.calls)
        self.calls.append(call)
        decision = match(
            self.plan,
            self.census,
            call.need,
            call.language,
            joined=self.now,
            now=self.now,
            weights=self.weights,
        )
        if decision.entry is None:
            self.queues.append("")
            self.results.append(CallResult(call, 0.0))
            return
        queue = self.plan.queues[decision.entry.queue]
        self.queues.append(queue.name)
        step = int(decision.facts["step"])
        place = self.now - head_start(call.need, self.weights)
        pairing = self.dispatch.join(number, queue.name, place, step)
        if pairing is not None:
            self.connect(pairing)
            return
        self.lines.joined(queue.name, self.now)
        position = self.dispatch.position(number)
        self.expected[number] = self.lines.seconds(queue.name, position)
        self.schedule(self.now + call.patience, _LEAVES, number)
        for later in range(step + 1, len(queue.steps)):
            self.schedule(self.now + queue.steps[later].begins, _WIDENS, number, str(later))

    def connect(self, pairing: Pairing) -> None:
        call = self.calls[pairing.caller]
        waited = self.now - call.arrives
        self.finish(pairing.caller, waited, pairing.agent)
        self.busy[pairing.agent] = self.busy.get(pairing.agent, 0.0) + call.service
        self.schedule(self.now + call.service + self.wrap_up, _FREE, -1, pairing.agent)

    def finish(self, caller: int, waited: float, agent: str) -> None:
        queue = self.queues[caller]
        if caller in self.expected:
            self.lines.left(queue, self.now)
        expected = self.expected.pop(caller, 0.0)
        self.results.append(CallResult(self.calls[caller], waited, agent, queue, expected))

    def schedule(self, when: float, what: int, caller: int, detail: str = "") -> None:
        if when < float("inf"):
            self.serial += 1
            heappush(self.later, (when, what, self.serial, caller, detail))

    def run_until(self, moment: float) -> None:
        while self.later and self.later[0][0] <= moment:
            self.now, what, _, caller, detail = heappop(self.later)
            if what == _LEAVES:
                if self.dispatch.leave(caller):
                    self.finish(caller, self.calls[caller].patience, "")
                continue
            pairing = (
                self.dispatch.ready(detail, self.now)
                if what == _FREE
                else self.dispatch.widen(caller, int(detail))
            )
            if pairing is not None:
                self.connect(pairing)


def simulate(
    plan: QueuePlan,
    team: Team,
    calls: Iterable[SimulatedCall],
    weights: Weights = DEFAULT_WEIGHTS,
    wrap_up: float = 0.0,
) -> Result:
    """Play `calls`, sorted by arrival, to the end; every agent of `team` works all the time.

    Raises:
        ValueError: if the calls are not in order of arrival.
    """
    everybody = _everybody(plan)
    run = _Run(
        plan, weights, wrap_up, Dispatch(plan, weights.most), lambda name: everybody.get(name, {})
    )
    for agent in team.agents:
        run.dispatch.ready(agent.name)
    for call in calls:
        if call.arrives < run.now:
            raise ValueError("simulated calls must come in order of arrival")
        run.run_until(call.arrives)
        run.arrive(call)
    run.run_until(float("inf"))
    return Result(tuple(run.results), run.now, MappingProxyType(run.busy))


def _everybody(plan: QueuePlan) -> dict[str, dict[int, tuple[int, int]]]:
    """The census of a day on which everybody came to work."""
    census: dict[str, dict[int, tuple[int, int]]] = {}
    for queue in plan.queues.values():
        counts = census.setdefault(queue.name, {})
        for member in queue.members:
            here = counts.get(member.step, (0, 0))[0] + 1
            counts[member.step] = (here, 0)
    return census
