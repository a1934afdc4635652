"""Dispatch against a slow and obvious one that looks at everybody each time."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ivr.flow.need import Need
from ivr.flow.steps import Tier
from ivr.routing.dispatch import Dispatch, Pairing
from ivr.routing.queues import Queue, QueuePlan, plan_queues
from ivr.routing.skills import Team
from tests.routing.teams import make

TEAM = Team(
    (
        make("best", loans=5, card_loss=2, zh=5),
        make("good", loans=3, zh=4, en=2),
        make("weak", loans=1, zh=5),
        make("expert", Tier.EXPERT, loans=5, card_loss=5, zh=5, en=5),
        make("english", card_loss=3, en=5),
    )
)
NEEDS = [Need({"loans": 3}), Need({"card_loss": 2}, issue="funds_at_risk")]
PLAN = plan_queues(NEEDS, ["zh", "en"], TEAM)
QUEUES = sorted(PLAN.queues)


@dataclass
class Obvious:
    """The same promises, kept by scanning."""

    plan: QueuePlan
    idle: list[str] = field(default_factory=list)
    waiting: list[tuple[int, Queue, float, int]] = field(default_factory=list)

    def penalty(self, agent: str, queue: Queue) -> int | None:
        return next((m.penalty for m in queue.members if m.agent.name == agent), None)

    def join(self, caller: int, queue: Queue, place: float, step: int) -> Pairing | None:
        found = [
            (penalty, agent)
            for agent in self.idle
            if (penalty := self.penalty(agent, queue)) and penalty <= queue.max_penalty(step)
        ]
        if not found:
            self.waiting.append((caller, queue, place, step))
            return None
        penalty, agent = min(found, key=lambda pair: pair[0])
        self.idle.remove(agent)
        return Pairing(agent, caller, penalty)

    def ready(self, agent: str) -> Pairing | None:
        if agent in self.idle:
            return None
        found = [
            (entry, penalty)
            for entry in self.waiting
            if (penalty := self.penalty(agent, entry[1]))
            and penalty <= entry[1].max_penalty(entry[3])
        ]
        if not found:
            self.idle.append(agent)
            return None
        entry, penalty = min(found, key=lambda pair: (-pair[0][1].weight, pair[0][2]))
        self.waiting.remove(entry)
        return Pairing(agent, entry[0], penalty)

    def widen(self, caller: int, step: int) -> Pairing | None:
        at = next((n for n, entry in enumerate(self.waiting) if entry[0] == caller), None)
        if at is None or step <= self.waiting[at][3]:
            return None
        _, queue, place, _ = self.waiting[at]
        pairing = self.join(caller, queue, place, step)
        if pairing:
            del self.waiting[at]
        else:
            self.waiting[at] = self.waiting.pop()
        return pairing


class DispatchMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.fast = Dispatch(PLAN)
        self.slow = Obvious(PLAN)
        self.callers = 0

    @rule(queue=st.sampled_from(QUEUES), place=st.integers(0, 5), step=st.integers(0, 3))
    def join(self, queue: str, place: int, step: int) -> None:
        self.callers += 1
        there = PLAN.queues[queue]
        step = min(step, len(there.steps) - 1)
        expected = self.slow.join(self.callers, there, float(place), step)
        assert self.fast.join(self.callers, queue, float(place), step) == expected

    @rule(agent=st.sampled_from([agent.name for agent in TEAM.agents]))
    def ready(self, agent: str) -> None:
        assert self.fast.ready(agent) == self.slow.ready(agent)

    @rule(agent=st.sampled_from([agent.name for agent in TEAM.agents]))
    def away(self, agent: str) -> None:
        self.fast.away(agent)
        if agent in self.slow.idle:
            self.slow.idle.remove(agent)

    @rule(back=st.integers(0, 6), step=st.integers(1, 3))
    def widen(self, back: int, step: int) -> None:
        caller = self.callers - back
        waiting = self.fast.waiting.get(caller)
        if waiting is not None:
            step = min(step, len(PLAN.queues[waiting.queue].steps) - 1)
        assert self.fast.widen(caller, step) == self.slow.widen(caller, step)

    @rule(back=st.integers(0, 6))
    def leave(self, back: int) -> None:
        caller = self.callers - back
        before = len(self.slow.waiting)
        self.slow.waiting = [entry for entry in self.slow.waiting if entry[0] != caller]
        assert self.fast.leave(caller) == (len(self.slow.waiting) < before)

    @invariant()
    def the_same_wait(self) -> None:
        assert set(self.fast.waiting) == {entry[0] for entry in self.slow.waiting}
        assert self.fast.free == len(self.slow.idle)

    @invariant()
    def positions_are_the_order_of_places(self) -> None:
        for name in QUEUES:
            waiting = [w for w in self.fast.waiting.values() if w.queue == name]
            waiting.sort(key=lambda w: (w.place, w.serial))
            assert [self.fast.position(w.name) for w in waiting] == [*range(1, len(waiting) + 1)]
        assert self.fast.position(-1) == 0


TestDispatch = DispatchMachine.TestCase


def test_a_caller_cannot_wait_twice_or_nowhere() -> None:
    dispatch = Dispatch(PLAN)
    dispatch.join(1, "zh", 0.0)
    for caller, queue, step in ((1, "zh", 0), (2, "nowhere", 0), (3, "zh", 9)):
        with pytest.raises(ValueError, match="cannot join"):
            dispatch.join(caller, queue, 0.0, step)


@given(st.permutations(range(8)))
def test_equal_callers_are_served_in_order_of_their_places(places: list[int]) -> None:
    dispatch = Dispatch(PLAN)
    for caller, place in enumerate(places):
        assert dispatch.join(caller, "zh", float(place)) is None
    served = []
    for _ in places:
        pairing = dispatch.ready("best")
        assert pairing is not None
        served.append(places[pairing.caller])
    assert served == sorted(places)
