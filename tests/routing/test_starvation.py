"""Nobody starves: not within a queue, and not across queues whose agents are shared."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.flow.steps import Step
from ivr.routing.dispatch import Dispatch, Pairing, Waiting
from ivr.routing.overdue import moved, overdue
from ivr.routing.priority import DEFAULT_WEIGHTS, HORIZON, head_start
from ivr.routing.queues import OVERDUE_WEIGHT, overdue_name, plan_queues, queue_name
from ivr.routing.simulation import CallResult, SimulatedCall, simulate
from ivr.routing.skills import Team
from ivr.routing.waiting_line import WaitingCaller
from tests.routing.teams import make

MOST = DEFAULT_WEIGHTS.most
TALK = 60.0
LOANS = Need({"loans": 3, "language.zh": 3}, timeout=3600)
URGENT = Need({"card_loss": 3, "language.zh": 3}, issue="funds_at_risk", timeout=3600)
WEALTH = Need({"wealth": 3, "language.zh": 3}, timeout=3600)
TEAM = Team((make("both", loans=5, card_loss=5, zh=5), make("adviser", wealth=5, zh=5)))
PLAN = plan_queues([LOANS, URGENT, WEALTH], ["zh"], TEAM, (Step(0),), fronts=True)
NOW = 1_800_000_000.0


def flood(minutes: int) -> list[SimulatedCall]:
    """Twice as many urgent callers as the only agent can serve, and one who asks for a loan."""
    urgent = [
        SimulatedCall(30.0 * n, "urgent", URGENT, "zh", float("inf"), TALK)
        for n in range(2 * minutes)
    ]
    loan = SimulatedCall(45.0, "loan", LOANS, "zh", float("inf"), TALK)
    return sorted([*urgent, loan], key=lambda call: call.arrives)


def the_loan(results: Iterable[CallResult]) -> CallResult:
    (found,) = (one for one in results if one.call.kind == "loan")
    return found


def test_urgent_callers_without_end_do_not_keep_others_waiting_for_ever() -> None:
    result = simulate(PLAN, TEAM, flood(180))
    loan = the_loan(result.calls)
    before = [one for one in result.calls if started(one) < started(loan)]
    assert all(one.call.arrives <= loan.call.arrives + MOST for one in before)
    assert loan.waited > MOST, "or the flood is none"
    # Only those who came within 900 s of them have a better place; they are served one by one.
    ahead = sum(one.call.arrives <= loan.call.arrives + 900 for one in before)
    assert loan.waited <= ahead * TALK


def started(one: CallResult) -> float:
    return one.call.arrives + one.waited


def test_by_weights_alone_they_would() -> None:
    """What the bound is for: the same flood, dispatched by the queues' weights only."""
    dispatch = Dispatch(PLAN)
    dispatch.join(0, queue_name(LOANS), 0.0)
    names = iter(range(1, 10_000))
    served = []
    for minute in range(1, 181):
        for half in (0.0, 30.0):
            dispatch.join(next(names), queue_name(URGENT), 60.0 * minute + half - 900)
        pairing = dispatch.ready("both", 60.0 * minute)
        assert pairing is not None
        served.append(pairing.caller)
    assert 0 not in served


queues = st.sampled_from([LOANS, URGENT])
arrivals = st.lists(st.tuples(queues, st.integers(0, 120), st.booleans()), min_size=1, max_size=60)


@given(arrivals)
def test_the_overdue_go_first_and_among_themselves_by_place(
    arrivals: list[tuple[Need, int, bool]],
) -> None:
    dispatch = Dispatch(PLAN, MOST)
    now = 0.0
    for caller, (need, gap, comes_free) in enumerate(arrivals):
        now += 10 * gap
        dispatch.join(caller, queue_name(need), now - head_start(need), 0)
        before = dict(dispatch.waiting)
        if comes_free and (pairing := dispatch.ready("both", now)):
            _nobody_overdue_was_passed(before, pairing, now)
        dispatch.away("both")


def _nobody_overdue_was_passed(before: dict[int, Waiting], pairing: Pairing, now: float) -> None:
    places = {name: waiting.place for name, waiting in before.items()}
    taken = places[pairing.caller]
    late = [place for place in places.values() if now - place >= MOST]
    assert all(place >= taken for place in late)


def waiting(call: str, need: Need, points: float, joined: float = NOW - 1000) -> WaitingCaller:
    return WaitingCaller(
        call, queue_name(need), f"PJSIP/{call}", joined, int(HORIZON - NOW + points)
    )


def test_the_eldest_of_those_who_share_agents_is_moved() -> None:
    callers = [
        waiting("early", LOANS, MOST - 1),
        waiting("second", LOANS, MOST + 5),
        waiting("first", URGENT, MOST + 9),
        waiting("elsewhere", WEALTH, MOST),
    ]
    found = overdue(PLAN, callers, NOW, DEFAULT_WEIGHTS)
    assert [one.caller.call_id for one in found] == ["first", "elsewhere"]
    front = overdue_name(queue_name(URGENT))
    there = WaitingCaller("first", front, "c", NOW, int(HORIZON - NOW + MOST + 9))
    still = overdue(PLAN, [callers[1], there], NOW, DEFAULT_WEIGHTS)
    assert still == [], "one after another: the elder is in front already"
    gone = overdue(PLAN, callers[:2], NOW, DEFAULT_WEIGHTS)
    assert [one.caller.call_id for one in gone] == ["second"]


def test_they_keep_their_place_and_the_rest_of_their_wait() -> None:
    (one,) = overdue(PLAN, [waiting("a", LOANS, MOST + 5)], NOW, DEFAULT_WEIGHTS)
    match = moved(PLAN, one, 3600)
    assert match is not None and match.entry is not None
    assert match.entry.queue == "zh-loans.3-overdue"
    assert match.entry.priority == one.caller.priority
    assert match.entry.timeout == 2600
    assert PLAN.queues[match.entry.queue].weight == OVERDUE_WEIGHT
    assert PLAN.queues[match.entry.queue].members == PLAN.queues[queue_name(LOANS)].members
    assert moved(PLAN, one, 1003) is None, "too little is left"


@pytest.mark.parametrize("call", [WaitingCaller("a", "zh-loans.3", "c", 0.0, None)])
def test_whose_priority_nobody_told_is_left_alone(call: WaitingCaller) -> None:
    assert overdue(PLAN, [call], NOW, DEFAULT_WEIGHTS) == []
