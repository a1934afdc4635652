"""Experiment: the same scenario on several independent days, and what the days come to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields

from ivr.flow.steps import Step
from ivr.routing.figures import Estimate, Figures, estimate, summarise
from ivr.routing.priority import DEFAULT_WEIGHTS, Weights
from ivr.routing.queues import plan_queues
from ivr.routing.scenario import CallClass, Chance, draw_calls
from ivr.routing.simulation import CallResult, SimulatedCall, simulate
from ivr.routing.skills import Team
from ivr.routing.steps import DEFAULT_STEPS

WARM_UP = 3600.0
"""Seconds at the start of a drawn day that do not count: the day begins with empty queues."""

ChanceFor = Callable[[str], Chance]
"""Gives a fresh source of random numbers for a name; the same name, the same numbers."""

ALL = "all"


@dataclass(frozen=True, slots=True)
class Setup:
    """Who calls, who answers, and by which rules."""

    classes: tuple[CallClass, ...]
    team: Team
    steps: tuple[Step, ...] = DEFAULT_STEPS
    weights: Weights = DEFAULT_WEIGHTS
    wrap_up: float = 0.0
    within: float = 20.0


def play(setup: Setup, calls: Iterator[SimulatedCall]) -> tuple[CallResult, ...]:
    """One day of these calls."""
    needs = [kind.need for kind in setup.classes]
    languages = {kind.language for kind in setup.classes}
    plan = plan_queues(needs, languages, setup.team, setup.steps)
    return simulate(plan, setup.team, calls, setup.weights, setup.wrap_up).calls


def repeat(
    setup: Setup, hours: float, runs: int, chance_for: ChanceFor
) -> Iterator[dict[str, Figures]]:
    """Figures of each day, by class and for `all`. The next day is played when it is asked for."""
    for run in range(runs):
        chances = tuple(chance_for(f"{run}/{kind.name}") for kind in setup.classes)
        calls = draw_calls(setup.classes, hours + WARM_UP / 3600, chances)
        yield by_class(play(setup, calls), setup.within, WARM_UP)


def by_class(
    results: tuple[CallResult, ...], within: float, after: float = 0.0
) -> dict[str, Figures]:
    """Figures of each class, and of `all`."""
    groups: dict[str, list[CallResult]] = {}
    for result in results:
        groups.setdefault(result.call.kind, []).append(result)
    figures = {kind: summarise(groups[kind], within, after) for kind in sorted(groups)}
    return {**figures, ALL: summarise(results, within, after)}


def estimates(days: list[dict[str, Figures]], kind: str = ALL) -> dict[str, Estimate]:
    """Each figure of one class over the days, by its name in `Figures`."""
    chosen = [day[kind] for day in days if kind in day]
    return {
        entry.name: estimate([float(getattr(figures, entry.name)) for figures in chosen])
        for entry in fields(Figures)
    }
