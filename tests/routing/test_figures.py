import math
from dataclasses import replace

import pytest

from ivr.flow.need import Need
from ivr.routing.figures import estimate, judge_waits, summarise
from ivr.routing.simulation import CallResult, SimulatedCall


def result(arrives: float, waited: float, agent: str) -> CallResult:
    return CallResult(SimulatedCall(arrives, "x", Need(), "zh", math.inf, 1.0), waited, agent)


def test_what_a_day_comes_to() -> None:
    results = [
        result(0.0, 500.0, "warm-up"),
        result(10.0, 0.0, "a"),
        result(11.0, 30.0, "a"),
        result(12.0, 5.0, ""),
        result(13.0, 20.0, "b"),
    ]
    found = summarise(results, within=20.0, after=10.0)
    assert found.calls == 4
    assert found.abandoned == 0.25
    assert found.mean_wait == pytest.approx(55 / 4)
    assert found.answer_wait == pytest.approx(50 / 3)
    assert found.service_level == 0.5
    assert found.longest == 30.0


def test_a_day_without_calls() -> None:
    assert summarise([]).abandoned == 0.0


def test_the_margin_is_students() -> None:
    found = estimate([1.0, 2.0, 3.0])
    assert found.mean == 2.0
    assert found.margin == pytest.approx(4.303 / math.sqrt(3))
    assert found.holds(4.4)
    assert not found.holds(4.6)
    with pytest.raises(ValueError, match="at least two"):
        estimate([1.0])


def test_expected_waits_against_true_ones() -> None:
    def told(waited: float, expected: float, agent: str = "a") -> CallResult:
        return replace(result(0.0, waited, agent), expected=expected)

    found = judge_waits([told(10, 20), told(30, 20), told(50, 35), told(9, 9, ""), told(0, 0)])
    assert found.calls == 3
    assert found.mean_wait == 30
    assert found.bias == pytest.approx((10 - 10 - 15) / 3)
    assert found.error == pytest.approx(35 / 3)
    assert found.error_of_mean == pytest.approx(40 / 3)
