"""Time to a human: how long from the answer of a call to an agent's queue, by three callers.

- typical: knows that a person can be asked for, and asks at the first question, heard to its end.
- worst: hears every prompt to its end, and asks for a person only once a prompt has said how; until
  then goes the quickest way that the prompts offer, in the flow's slowest language.
- silent: says and presses nothing; the noinput ladders must bring a person.

What callers do not decide (branches, lookups) goes the slowest way, for `typical` the quickest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.checks.best_way import Standing, best_ways
from ivr.flow.checks.durations import PromptSeconds
from ivr.flow.checks.findings import finding
from ivr.flow.checks.road_map import Caller, Map, Spot, map_of
from ivr.flow.issues import Issue
from ivr.flow.model import Flow


@dataclass(frozen=True, slots=True)
class Route:
    """A way to an agent's queue: `seconds`, `keys` pressed, and each node with its seconds."""

    language: str
    seconds: float
    keys: int
    steps: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class TimeToHuman:
    """None where that caller never reaches an agent."""

    typical: Route | None
    worst: Route | None
    silent: Route | None


def time_to_human(flow: Flow, flows: Mapping[str, Flow], seconds: PromptSeconds) -> TimeToHuman:
    """Measure one flow; `flows` holds those it may call."""
    routes = {caller: _route(flow, flows, seconds, caller, flow.languages[:1]) for caller in Caller}
    worst = _route(flow, flows, seconds, Caller.WORST, flow.languages)
    return TimeToHuman(routes[Caller.TYPICAL], worst, routes[Caller.SILENT])


def _route(
    flow: Flow,
    flows: Mapping[str, Flow],
    seconds: PromptSeconds,
    caller: Caller,
    languages: tuple[str, ...],
) -> Route | None:
    """The longest of the languages' best ways."""
    found = []
    for language in languages:
        road_map = map_of(flow, flows, seconds, caller, language)
        ways = best_ways(road_map.ways, road_map.goals, road_map.by_chance)
        if road_map.start in ways:
            found.append(_told(road_map, ways, language))
    return max(found, key=lambda route: route.seconds) if found else None


def _told(road_map: Map, ways: Mapping[Spot, Standing[Spot]], language: str) -> Route:
    spot, steps = road_map.start, []
    whole = ways[spot]
    standing = whole
    while standing.way is not None:
        steps.append((spot.node, standing.way.cost))
        spot = standing.way.to
        standing = ways[spot]
    steps.append((spot.node, standing.cost))
    shown = tuple((name, round(cost, 2)) for name, cost in steps)
    return Route(language, round(whole.cost, 2), whole.keys, shown)


def check_time(flow: Flow, flows: Mapping[str, Flow], seconds: PromptSeconds) -> Iterator[Issue]:
    """Whether the worst way keeps the budget the flow declares."""
    budget = flow.budget
    if flow.unread or not (budget.time_to_human or budget.key_presses):
        return
    worst = _route(flow, flows, seconds, Caller.WORST, flow.languages)
    if worst is None:
        message = "the flow has a budget, but its prompts lead no caller to an agent"
        yield finding("slow-to-human", budget.place, message, error=True)
        return
    if budget.time_to_human and worst.seconds > budget.time_to_human:
        message = (
            f"{worst.seconds:.1f} s to an agent at worst in {worst.language}, over the budget of "
            f"{budget.time_to_human:g} s: {_walk(worst)}"
        )
        yield finding("slow-to-human", budget.place, message, error=True)
    if budget.key_presses and worst.keys > budget.key_presses:
        message = f"{worst.keys} key presses to an agent, over the budget of {budget.key_presses}"
        yield finding("keys-to-human", budget.place, message, error=True)


def _walk(route: Route) -> str:
    return ", ".join(f"{name} {cost:.1f}" for name, cost in route.steps if cost)
