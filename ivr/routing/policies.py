"""Policies: ways to share three kinds of calls among twelve agents, to be compared by simulation.

Each kind brings 3.3 erlangs; service and patience are exponential with a mean of 180 s. The exact
figures exist for the first and the last row (Erlang A), which is what the others are held against.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ivr.flow.need import LANGUAGE_PREFIX, Need
from ivr.flow.steps import FIRST_STEP, Step
from ivr.routing.experiment import Setup
from ivr.routing.formulas import QueueFigures, erlang_a
from ivr.routing.scenario import CallClass
from ivr.routing.skills import Agent, Team
from ivr.routing.steps import DEFAULT_STEPS

SERVICE = PATIENCE = 180.0
LOAD = 3.3
KINDS = ("accounts", "cards", "loans")
AGENTS_EACH = 4
LEVEL = 3


@dataclass(frozen=True, slots=True)
class Policy:
    """One row of the table; `exact` where there is a formula for it."""

    name: str
    meaning: str
    setup: Setup
    exact: QueueFigures | None = None


def policies() -> tuple[Policy, ...]:
    """From the least shared to the most."""
    rate = LOAD / SERVICE
    alone = erlang_a(rate, SERVICE, AGENTS_EACH, PATIENCE)
    all_together = erlang_a(3 * rate, SERVICE, 3 * AGENTS_EACH, PATIENCE)
    second = dict(zip(KINDS, (*KINDS[1:], KINDS[0]), strict=True))
    return (
        Policy("dedicated", "one skill each", _setup({k: {k: 5} for k in KINDS}), alone),
        Policy("chain", "two equal skills each", _setup({k: {k: 5, second[k]: 5} for k in KINDS})),
        Policy(
            "ours",
            "chain, second skill weaker but enough, default steps",
            _setup({k: {k: 5, second[k]: 3} for k in KINDS}, DEFAULT_STEPS),
        ),
        Policy(
            "ours, strict",
            "the same, second skill too weak until 20 s",
            _setup({k: {k: 5, second[k]: 1} for k in KINDS}, DEFAULT_STEPS),
        ),
        Policy(
            "full pool",
            "everybody does everything",
            _setup({k: dict.fromkeys(KINDS, 5) for k in KINDS}),
            all_together,
        ),
    )


def _setup(
    skills: Mapping[str, Mapping[str, int]], steps: tuple[Step, ...] = (FIRST_STEP,)
) -> Setup:
    classes = tuple(
        CallClass(kind, Need({kind: LEVEL}), "zh", 3600 * LOAD / SERVICE, SERVICE, PATIENCE)
        for kind in KINDS
    )
    agents = tuple(
        Agent(
            f"{kind}-{number}",
            f"PJSIP/{kind}-{number}",
            {**levels, f"{LANGUAGE_PREFIX}zh": 5},
        )
        for kind, levels in skills.items()
        for number in range(1, AGENTS_EACH + 1)
    )
    return Setup(classes, Team(agents), steps)
