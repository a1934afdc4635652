"""Tallies: counts of calls and of waits that can be added up, and the rates they come to."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts: `goal` and `short` in seconds, `target` as a share.

    A wait answered within `goal` is in time, and a service level of `target` is what one wants.
    Whoever gives up before `short` never really waited and counts nowhere. `wrap_up` is the
    after-call work in seconds that Asterisk grants, part of the handling time.
    """

    goal: float = 20.0
    target: float = 0.8
    short: float = 5.0
    wrap_up: float = 0.0


class _Summed:
    """Adds field by field; `longest` is the longer one."""

    __slots__ = ()

    def __add__(self, other: Self) -> Self:
        values = {}
        for field in fields(self):  # type: ignore[arg-type]
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            values[field.name] = max(mine, theirs) if field.name == "longest" else mine + theirs
        return type(self)(**values)


@dataclass(frozen=True, slots=True)
class Volume(_Summed):
    """Calls that began in a period. `seconds` is how long the ended ones lasted in all."""

    calls: int = 0
    ended: int = 0
    contained: int = 0
    annoyed: int = 0
    seconds: float = 0.0

    @property
    def containment(self) -> float | None:
        """The share of ended calls in which nobody asked for an agent."""
        return share(self.contained, self.ended)

    @property
    def annoyance(self) -> float | None:
        """The share of ended calls whose caller sounded annoyed."""
        return share(self.annoyed, self.ended)

    @property
    def length(self) -> float | None:
        """Mean seconds of an ended call."""
        return share(self.seconds, self.ended)


@dataclass(frozen=True, slots=True)
class Service(_Summed):
    """Waits for an agent that began in a period; the formulas stand in docs/report.md.

    `abandoned` gave up, after more than a moment; `short` gave up at once; `unanswered` came to
    another end (nobody there, all busy, a failure); `open` still wait. `waited` and `talked` are
    sums of seconds over the answered, `handled` those of them whose talk is over.
    """

    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    short: int = 0
    unanswered: int = 0
    open: int = 0
    handled: int = 0
    waited: float = 0.0
    talked: float = 0.0
    longest: float = 0.0

    @property
    def offered(self) -> int:
        return self.answered + self.abandoned + self.short + self.unanswered

    @property
    def counted(self) -> int:
        """The offered without the short ones: what shares are of."""
        return self.offered - self.short

    @property
    def service_level(self) -> float | None:
        return share(self.in_time, self.counted)

    @property
    def abandonment(self) -> float | None:
        return share(self.abandoned, self.counted)

    @property
    def asa(self) -> float | None:
        """Average speed of answer, in seconds."""
        return share(self.waited, self.answered)

    @property
    def talk(self) -> float | None:
        """Mean seconds with an agent."""
        return share(self.talked, self.handled)

    def aht(self, wrap_up: float) -> float | None:
        """Average handling time in seconds: talk and after-call work."""
        return None if self.talk is None else self.talk + wrap_up


@dataclass(frozen=True, slots=True)
class Period:
    """One hour or one day, or all of them."""

    volume: Volume = Volume()
    service: Service = Service()

    def __add__(self, other: Self) -> Self:
        return type(self)(self.volume + other.volume, self.service + other.service)


def total(periods: Iterable[Period]) -> Period:
    """All of them together."""
    return sum(periods, start=Period())


def share(part: float, whole: float) -> float | None:
    """Part of whole; None of nothing."""
    return part / whole if whole else None
