"""Scenario: classes of calls and their rates -> the calls of one simulated day."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Protocol

from ivr.flow.need import Need
from ivr.routing.simulation import SimulatedCall


class Chance(Protocol):
    """A source of random numbers, such as `random.Random`."""

    def expovariate(self, lambd: float) -> float:
        """An exponential draw of mean 1 / `lambd`."""


@dataclass(frozen=True, slots=True)
class CallClass:
    """Callers of one kind: Poisson arrivals, exponential patience and service, in seconds.

    `patience` 0 means endless.
    """

    name: str
    need: Need
    language: str
    per_hour: float
    service: float
    patience: float = 0.0


def draw_calls(
    classes: tuple[CallClass, ...], hours: float, chances: tuple[Chance, ...]
) -> Iterator[SimulatedCall]:
    """The calls of `hours`, in order of arrival; each class has a source of chance of its own.

    So a change in one class leaves the calls of all others as they were.
    """
    streams = [
        _stream(kind, hours * 3600, chance) for kind, chance in zip(classes, chances, strict=True)
    ]
    yield from merge(*streams, key=lambda call: call.arrives)


def _stream(kind: CallClass, seconds: float, chance: Chance) -> Iterator[SimulatedCall]:
    now = chance.expovariate(kind.per_hour / 3600)
    while now < seconds:
        patience = chance.expovariate(1 / kind.patience) if kind.patience else float("inf")
        service = chance.expovariate(1 / kind.service)
        yield SimulatedCall(now, kind.name, kind.need, kind.language, patience, service)
        now += chance.expovariate(kind.per_hour / 3600)
