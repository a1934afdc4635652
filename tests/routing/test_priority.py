"""The ordering's promises: nobody starves, equals in order of arrival, funds at risk first."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.routing.priority import DEFAULT_WEIGHTS, HORIZON, Weights, head_start, priority
from tests.routing.teams import needs

moments = st.integers(1_750_000_000, 2_000_000_000)
waits = st.integers(0, 3600)


@given(needs, moments, waits)
def test_the_number_fits_app_queue_and_does_not_age(need: Need, joined: int, waited: int) -> None:
    at_once = priority(need, joined, joined)
    later = priority(need, joined, joined + waited)
    assert 0 < at_once.number <= HORIZON
    assert later.number == at_once.number
    assert later.points == at_once.points + waited


@given(needs, moments, st.integers(1, 3600))
def test_equal_need_is_served_in_order_of_arrival(need: Need, joined: int, gap: int) -> None:
    first, second = (priority(need, at, at) for at in (joined, joined + gap))
    assert first.number > second.number


@given(needs, needs, moments)
def test_nobody_starves(patient: Need, pushy: Need, joined: int) -> None:
    late = joined + DEFAULT_WEIGHTS.most + 1
    assert priority(patient, joined, late).number > priority(pushy, late, late).number


@given(needs, needs, moments, waits)
def test_funds_at_risk_precede(risky: Need, other: Need, joined: int, head: int) -> None:
    risky = replace(risky, issue="funds_at_risk")
    other = replace(other, issue="")
    ahead = min(head, DEFAULT_WEIGHTS.issues["funds_at_risk"] - DEFAULT_WEIGHTS.most_besides - 1)
    later = joined + ahead
    assert priority(risky, later, later).number > priority(other, joined, later).number


@given(needs, needs, moments, moments, waits)
def test_the_order_of_two_callers_never_turns(
    one: Need, two: Need, first: int, second: int, more: int
) -> None:
    now = max(first, second)
    then = now + more
    before = priority(one, first, now).points - priority(two, second, now).points
    after = priority(one, first, then).points - priority(two, second, then).points
    assert before == after
    by_number = priority(one, first, now).number - priority(two, second, now).number
    assert by_number == before


def test_why_names_every_reason() -> None:
    need = Need(issue="complaint", caller_tier="vip", priority=2)
    rank = priority(need, 1000.0, 1012.5)
    assert rank.why == "complaint +60 s, vip +180 s, flow +20 s, waited 12 s"
    assert rank.points == 272


def test_what_is_known_of_the_caller_adds_up() -> None:
    need = Need(caller_tier="elderly", history=("new", "complained"))
    rank = priority(need, 1000.0, 1000.0)
    assert rank.why == "elderly +90 s, new +30 s, complained +60 s, waited 0 s"
    assert rank.points == 180


def test_what_the_bound_took_away_is_said() -> None:
    rank = priority(Need(caller_tier="vip", priority=100), 1000.0, 1000.0)
    assert rank.why == "vip +180 s, flow +1000 s, bounded to 300 s, waited 0 s"


def test_a_clock_that_went_back_is_not_a_wait() -> None:
    assert priority(Need(), 1000.0, 900.0).points == 0


def test_weights_are_one_table() -> None:
    weights = Weights(issues={"fire": 7}, tiers={}, per_priority=0, most_besides=0)
    assert head_start(Need(issue="fire", caller_tier="vip", priority=9), weights) == 7
    assert weights.most == 7


def test_who_was_not_answered_before_is_ahead() -> None:
    """Of callers of the same moment; still behind whose money is at risk."""
    fresh, tried = Need({}), Need({}, attempts=2)
    assert head_start(tried) - head_start(fresh) == 2 * DEFAULT_WEIGHTS.per_attempt
    assert "tried 2 times +120 s" in priority(tried, 0, 5).why
    many = Need({}, attempts=1000)
    assert head_start(many) == DEFAULT_WEIGHTS.most_besides
    assert head_start(many) < head_start(Need({}, issue="funds_at_risk"))
