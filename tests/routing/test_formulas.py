"""Exact figures: against published ones, against each other at the limits, against arithmetic."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.routing.formulas import erlang_a, erlang_b, erlang_c

SERVICE = 180.0


def test_erlang_b_by_its_definition() -> None:
    weights = [5.0**n / math.factorial(n) for n in range(7)]
    assert erlang_b(5.0, 6) == pytest.approx(weights[6] / sum(weights))
    assert erlang_b(5.0, 0) == 1.0


def test_erlang_c_of_5_erlangs_and_6_agents() -> None:
    found = erlang_c(5 / SERVICE, SERVICE, 6)
    assert found.answer_wait == pytest.approx(105.8, abs=0.05)
    assert found.service_level == pytest.approx(0.474, abs=0.0005)
    assert found.occupancy == pytest.approx(5 / 6)


def test_a_queue_that_only_grows() -> None:
    with pytest.raises(ValueError, match="6 erlangs are too much for 6 agents"):
        erlang_c(6 / SERVICE, SERVICE, 6)


@pytest.mark.parametrize(
    ("load", "agents", "abandoned"),
    [(5.0, 6, 0.0987), (3.3, 4, 0.1319), (9.9, 12, 0.0506)],
)
def test_erlang_a_with_patience_like_service(load: float, agents: int, abandoned: float) -> None:
    found = erlang_a(load / SERVICE, SERVICE, agents, SERVICE)
    assert found.abandoned == pytest.approx(abandoned, abs=0.00005)
    # With equal rates the number in the system is Poisson, whoever waits.
    shares = [math.exp(-load) * load**n / math.factorial(n) for n in range(120)]
    beyond = sum((n - agents) * share for n, share in enumerate(shares) if n > agents)
    assert found.abandoned == pytest.approx(beyond / load)


loads = st.floats(0.5, 30)
patiences = st.floats(5, 2000)


@given(loads, st.integers(1, 40), patiences)
def test_erlang_a_agrees_with_itself(load: float, agents: int, patience: float) -> None:
    found = erlang_a(load / SERVICE, SERVICE, agents, patience, within=20.0)
    at_once = erlang_a(load / SERVICE, SERVICE, agents, patience, within=0.0)
    ever = erlang_a(load / SERVICE, SERVICE, agents, patience, within=1e9)
    assert at_once.service_level == pytest.approx(1 - found.waiting, abs=1e-9)
    assert ever.service_level == pytest.approx(1 - found.abandoned, abs=1e-9)
    assert at_once.service_level <= found.service_level + 1e-12
    assert found.service_level <= ever.service_level + 1e-12
    # Those who leave have waited too: patience times the share that leaves is the mean wait.
    assert found.mean_wait == pytest.approx(found.abandoned * patience, rel=1e-6, abs=1e-9)
    assert 0 <= found.occupancy <= 1 + 1e-9


@given(st.floats(0.2, 0.9), st.integers(1, 20))
def test_endless_patience_is_erlang_c(use: float, agents: int) -> None:
    rate = use * agents / SERVICE
    patient, exact = erlang_a(rate, SERVICE, agents, 1e10), erlang_c(rate, SERVICE, agents)
    assert patient.answer_wait == pytest.approx(exact.answer_wait, rel=1e-4)
    assert patient.service_level == pytest.approx(exact.service_level, abs=1e-5)
