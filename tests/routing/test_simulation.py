import math
import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.flow.steps import Tier
from ivr.routing.experiment import Setup, estimates, repeat
from ivr.routing.formulas import erlang_a
from ivr.routing.policies import policies
from ivr.routing.queues import QueuePlan, plan_queues
from ivr.routing.scenario import CallClass, draw_calls
from ivr.routing.simulation import CallResult, SimulatedCall, simulate
from ivr.routing.skills import Team
from tests.routing.teams import make, needs, teams

LOANS = Need({"loans": 3})
VIP = Need({"loans": 3}, caller_tier="vip")
TEAM = Team(
    (
        make("good", loans=5, zh=5),
        make("weak", loans=1, zh=5),
        make("expert", Tier.EXPERT, loans=5, zh=5),
    )
)
ONE = Team((make("good", loans=5, zh=5),))


def plan(team: Team) -> QueuePlan:
    return plan_queues([LOANS], ["zh"], team)


def call(
    arrives: float, service: float = 100.0, patience: float = math.inf, need: Need = LOANS
) -> SimulatedCall:
    return SimulatedCall(arrives, "loans", need, "zh", patience, service)


def told(results: tuple[CallResult, ...]) -> list[tuple[float, float, str]]:
    return [(result.call.arrives, result.waited, result.agent) for result in results]


def test_steps_admit_weaker_agents_then_experts() -> None:
    calls = [call(float(n), service=1000.0) for n in range(3)]
    assert told(simulate(plan(TEAM), TEAM, calls).calls) == [
        (0.0, 0.0, "good"),
        (1.0, 20.0, "weak"),
        (2.0, 40.0, "expert"),
    ]


def test_in_order_of_arrival_and_after_the_wrap_up() -> None:
    calls = [call(0.0), call(1.0), call(2.0)]
    assert told(simulate(plan(ONE), ONE, calls, wrap_up=10.0).calls) == [
        (0.0, 0.0, "good"),
        (1.0, 109.0, "good"),
        (2.0, 218.0, "good"),
    ]


def test_a_head_start_overtakes() -> None:
    calls = [call(0.0), call(1.0), call(2.0, need=VIP)]
    served = [result.call.need for result in simulate(plan(ONE), ONE, calls).calls]
    assert served == [LOANS, VIP, LOANS]


def test_who_loses_patience_leaves() -> None:
    calls = [call(0.0), call(1.0, patience=5.0), call(2.0, patience=98.0)]
    result = simulate(plan(ONE), ONE, calls)
    assert told(result.calls) == [(0.0, 0.0, "good"), (1.0, 5.0, ""), (2.0, 98.0, "good")]
    assert result.busy == {"good": 200.0}


def test_nobody_there() -> None:
    result = simulate(plan(Team(())), Team(()), [call(0.0)])
    assert told(result.calls) == [(0.0, 0.0, "")]


def test_calls_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="in order of arrival"):
        simulate(plan(ONE), ONE, [call(5.0), call(1.0)])


lengths = st.floats(0.0, 300.0)


@st.composite
def days(draw: st.DrawFn) -> list[SimulatedCall]:
    calls = [
        SimulatedCall(
            draw(st.floats(0, 600)),
            "any",
            draw(needs),
            draw(st.sampled_from(["zh", "en"])),
            draw(st.one_of(lengths, st.just(math.inf))),
            draw(lengths),
        )
        for _ in range(draw(st.integers(0, 12)))
    ]
    return sorted(calls, key=lambda call: call.arrives)


@given(teams(), days())
def test_what_holds_on_any_day(team: Team, calls: list[SimulatedCall]) -> None:
    queues = plan_queues([call.need for call in calls], ["zh", "en"], team)
    result = simulate(queues, team, calls)
    # Every call ends once, and nobody waits longer than their patience.
    assert sorted(id(r.call) for r in result.calls) == sorted(map(id, calls))
    assert all(r.waited <= r.call.patience + 1e-6 for r in result.calls)
    for agent in team.agents:
        spans = sorted(
            (r.call.arrives + r.waited, r.call.arrives + r.waited + r.call.service)
            for r in result.calls
            if r.agent == agent.name
        )
        # No agent has two calls at a time.
        assert all(a[1] <= b[0] + 1e-6 for a, b in pairwise(spans))
    for r in result.calls:
        if r.agent:
            queue = queues.queues[r.queue]
            assert r.agent in {member.agent.name for member in queue.members}


@given(days())
def test_equal_need_is_answered_in_order_of_arrival(calls: list[SimulatedCall]) -> None:
    same = [call(c.arrives, c.service) for c in calls]
    results = simulate(plan(ONE), ONE, same).calls
    assert [r.call for r in results] == same


def chances(run: str) -> random.Random:
    return random.Random(f"tests/{run}")


def test_another_class_leaves_the_calls_of_one_as_they_are() -> None:
    def drawn(*classes: CallClass) -> Iterator[SimulatedCall]:
        sources = tuple(chances(kind.name) for kind in classes)
        return draw_calls(classes, 2.0, sources)

    one = CallClass("one", LOANS, "zh", 60.0, 100.0, 50.0)
    two = CallClass("two", VIP, "zh", 90.0, 10.0)
    mixed = list(drawn(one, two))
    assert [c for c in mixed if c.kind == "one"] == list(drawn(one))
    assert [c.arrives for c in mixed] == sorted(c.arrives for c in mixed)
    assert all(math.isinf(c.patience) for c in mixed if c.kind == "two")


def test_the_simulator_agrees_with_erlang_a() -> None:
    team = Team(tuple(make(f"a{n}", zh=5) for n in range(6)))
    kind = CallClass("calls", Need(), "zh", 100.0, 180.0, 180.0)
    exact = erlang_a(5 / 180, 180.0, 6, 180.0)
    found = estimates(list(repeat(Setup((kind,), team), 30.0, 8, chances)))
    # Three margins: a figure outside by chance is about one in a million of these tests.
    assert found["abandoned"].holds(exact.abandoned, 3)
    assert found["mean_wait"].holds(exact.mean_wait, 3)
    assert found["answer_wait"].holds(exact.answer_wait, 3)
    assert found["service_level"].holds(exact.service_level, 3)
    assert found["abandoned"].margin < 0.02


def test_our_policy_on_the_chain_comes_near_the_pool() -> None:
    shares = {
        policy.name: estimates(list(repeat(policy.setup, 15.0, 4, chances)))["abandoned"].mean
        for policy in policies()
    }
    assert shares["ours"] - shares["full pool"] < 0.02
    assert shares["dedicated"] - shares["ours"] > 0.05
