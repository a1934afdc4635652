"""Best way: the cheapest way to a goal where some turns are the caller's and some are not.

Knuth's generalisation of Dijkstra's algorithm: at a place of choice the caller takes the cheapest
way, at a place of chance the dearest one counts.
"""

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Way(Generic[P]):
    """One way on from a place; `cost` in seconds, `keys` in key presses."""

    to: P
    cost: float
    keys: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Standing(Generic[P]):
    """What is left from a place to the goal, and the way to take next (None at the goal)."""

    cost: float
    keys: int
    way: Way[P] | None


def best_ways(
    ways: Mapping[P, Sequence[Way[P]]], goals: Mapping[P, float], by_chance: frozenset[P]
) -> dict[P, Standing[P]]:
    """Every place from which a goal is reached; `goals` holds the cost at each goal itself.

    At a place of chance, ways that never reach a goal do not count, nor do ways back to itself.
    """
    back: dict[P, list[tuple[P, Way[P]]]] = {}
    for place, onward in ways.items():
        for way in onward:
            back.setdefault(way.to, []).append((place, way))
    hopeful = _hopeful(back, goals)
    waiting = {
        place: {way.to for way in ways[place] if way.to in hopeful and way.to != place}
        for place in by_chance
        if place in hopeful
    }
    found: dict[P, Standing[P]] = {}
    number = count()
    heap: list[tuple[float, int, P, Standing[P]]] = [
        (cost, next(number), goal, Standing(cost, 0, None)) for goal, cost in goals.items()
    ]
    heapq.heapify(heap)
    while heap or waiting:
        if heap:
            _, _, settled, standing = heapq.heappop(heap)
        else:  # places of chance wait for one another: what is known of one must do
            freed = next((p for p in waiting if any(w.to in found for w in ways[p])), None)
            if freed is None:
                break
            settled, standing = freed, _dearest(ways[freed], found)
        if settled in found:
            continue
        found[settled] = standing
        waiting.pop(settled, None)
        for place, way in back.get(settled, ()):
            if place in found:
                continue
            if place in waiting:
                waiting[place].discard(settled)
                if waiting[place]:
                    continue
            standing = _dearest(ways[place], found) if place in waiting else _through(way, found)
            heapq.heappush(heap, (standing.cost, next(number), place, standing))
    return found


def _through(way: Way[P], found: Mapping[P, Standing[P]]) -> Standing[P]:
    rest = found[way.to]
    return Standing(way.cost + rest.cost, way.keys + rest.keys, way)


def _dearest(ways: Sequence[Way[P]], found: Mapping[P, Standing[P]]) -> Standing[P]:
    known = (_through(way, found) for way in ways if way.to in found)
    return max(known, key=lambda standing: standing.cost)


def _hopeful(back: Mapping[P, list[tuple[P, Way[P]]]], goals: Mapping[P, float]) -> set[P]:
    met: set[P] = set()
    open_ends = list(goals)
    while open_ends:
        place = open_ends.pop()
        if place not in met:
            met.add(place)
            open_ends += [before for before, _ in back.get(place, ())]
    return met
