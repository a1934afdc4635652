"""Histogram: how often a measure fell below each of a few bounds."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence


class Histogram:
    """Counts seconds by bounds, as Prometheus wants them: cumulative, the last one infinite."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        return sum(self._counts)

    def buckets(self) -> Iterable[tuple[str, float]]:
        """(upper bound as text, how many were at most that)."""
        total = 0
        for bound, count in zip((*map(str, self._bounds), "+Inf"), self._counts, strict=True):
            total += count
            yield bound, total
