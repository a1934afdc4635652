"""Figures: what a simulated day comes to, with confidence intervals over repeated days."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.routing.simulation import CallResult

T_95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
"""Two-sided 95 % points of Student's t for 1 to 30 degrees of freedom."""
NORMAL_95 = 1.960


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares from 0 to 1, times in seconds; as in `ivr.routing.formulas.QueueFigures`."""

    calls: int
    abandoned: float
    mean_wait: float
    answer_wait: float
    service_level: float
    longest: float


@dataclass(frozen=True, slots=True)
class WaitFigures:
    """How the expected waits did, over callers who had to wait and were answered; seconds.

    `bias` is told minus true, `error` the mean distance between them, and `error_of_mean` that of
    one who always tells the mean wait.
    """

    calls: int
    mean_wait: float
    bias: float
    error: float
    error_of_mean: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over repeated runs; the true one lies within `margin` of it in 95 of 100 cases."""

    mean: float
    margin: float

    def holds(self, value: float, margins: float = 1.0) -> bool:
        """True if `value` lies within so many margins."""
        return abs(value - self.mean) <= margins * self.margin


def summarise(results: Iterable[CallResult], within: float = 20.0, after: float = 0.0) -> Figures:
    """Figures of the calls that arrived at `after` or later (the days before it warm up)."""
    counted = [result for result in results if result.call.arrives >= after]
    answered = [result.waited for result in counted if result.answered]
    total = len(counted) or 1
    return Figures(
        calls=len(counted),
        abandoned=(len(counted) - len(answered)) / total,
        mean_wait=math.fsum(result.waited for result in counted) / total,
        answer_wait=math.fsum(answered) / (len(answered) or 1),
        service_level=sum(waited <= within for waited in answered) / total,
        longest=max((result.waited for result in counted), default=0.0),
    )


def judge_waits(results: Iterable[CallResult], after: float = 0.0) -> WaitFigures:
    """Hold what callers would have been told against what happened."""
    pairs = [
        (result.expected, result.waited)
        for result in results
        if result.answered and result.waited > 0 and result.call.arrives >= after
    ]
    count = len(pairs) or 1
    mean = math.fsum(waited for _, waited in pairs) / count
    return WaitFigures(
        calls=len(pairs),
        mean_wait=mean,
        bias=math.fsum(told - waited for told, waited in pairs) / count,
        error=math.fsum(abs(told - waited) for told, waited in pairs) / count,
        error_of_mean=math.fsum(abs(mean - waited) for _, waited in pairs) / count,
    )


def estimate(values: Sequence[float]) -> Estimate:
    """Mean and 95 % margin of independent runs.

    Raises:
        ValueError: for fewer than two.
    """
    count = len(values)
    if count < 2:
        raise ValueError("a margin needs at least two runs")
    mean = math.fsum(values) / count
    variance = math.fsum((value - mean) ** 2 for value in values) / (count - 1)
    factor = T_95[count - 2] if count - 2 < len(T_95) else NORMAL_95
    return Estimate(mean, factor * math.sqrt(variance / count))
