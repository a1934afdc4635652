"""Trends: how often nodes fail to understand, now and before, and how slow decoding is of late."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

MINUTE = 60.0
REMEMBERED_TURNS = 4000
"""Beyond so many turns the older half of what is usual at a node weighs half."""
MAX_SPANS = 2000


@dataclass(frozen=True, slots=True)
class Rate:
    """Turns and failures at one node, of late and before that."""

    turns: int
    nomatches: int
    usual_turns: int
    usual_nomatches: int

    @property
    def now(self) -> float:
        return self.nomatches / self.turns if self.turns else 0.0

    @property
    def usual(self) -> float:
        return self.usual_nomatches / self.usual_turns if self.usual_turns else 0.0


class NodeTrend:
    """Turns at one node by the minute; what is older than `minutes` becomes the usual."""

    def __init__(self, minutes: int) -> None:
        self._minutes = minutes
        self._recent: deque[list[int]] = deque()
        self._usual = [0, 0]

    def turn(self, now: float) -> None:
        self._minute(now)[1] += 1

    def nomatch(self, now: float) -> None:
        self._minute(now)[2] += 1

    def rate(self, now: float) -> Rate:
        self._age(now)
        turns = sum(minute[1] for minute in self._recent)
        nomatches = sum(minute[2] for minute in self._recent)
        return Rate(turns, nomatches, *self._usual)

    def _minute(self, now: float) -> list[int]:
        minute = int(now / MINUTE)
        if not self._recent or self._recent[-1][0] != minute:
            self._recent.append([minute, 0, 0])
            self._age(now)
        return self._recent[-1]

    def _age(self, now: float) -> None:
        oldest = int(now / MINUTE) - self._minutes
        while self._recent and self._recent[0][0] <= oldest:
            _, turns, nomatches = self._recent.popleft()
            self._usual[0] += turns
            self._usual[1] += nomatches
        if self._usual[0] > REMEMBERED_TURNS:
            self._usual = [count // 2 for count in self._usual]


class Spans:
    """Spans of time measured within the last minutes."""

    def __init__(self, minutes: int) -> None:
        self._seconds = minutes * MINUTE
        self._spans: deque[tuple[float, float]] = deque(maxlen=MAX_SPANS)

    def add(self, seconds: float, now: float) -> None:
        self._spans.append((now, seconds))

    def percentile(self, share: float, now: float) -> tuple[int, float]:
        """How many there are, and the span that `share` of them do not exceed."""
        while self._spans and self._spans[0][0] <= now - self._seconds:
            self._spans.popleft()
        return len(self._spans), _percentile((span for _, span in self._spans), share)


def _percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
