"""What if: a line such as `weights.issues.funds_at_risk=0` -> the same experiment otherwise."""

from dataclasses import fields, replace
from types import MappingProxyType

from ivr.errors import SettingsError
from ivr.flow.steps import Step, check_steps
from ivr.routing.experiment import Setup
from ivr.routing.priority import Weights
from ivr.routing.skills import Team
from ivr.routing.steps import DEFAULT_STEPS

EXPECTED = (
    "weights.issues.NAME=SECONDS, weights.tiers.NAME=SECONDS, weights.per_priority=SECONDS, "
    "weights.per_attempt=SECONDS, "
    "weights.most_besides=SECONDS, steps=20,40,60, wrap_up=SECONDS, within=SECONDS or without=AGENT"
)
MOST = 1_000_000.0


def changed(setup: Setup, change: str) -> Setup:
    """The setup with one change.

    Raises:
        SettingsError: if the change cannot be understood, with what is expected.
    """
    name, equals, value = change.partition("=")
    parts = name.strip().split(".")
    if not equals:
        raise SettingsError(f"--set {change!r}: expected {EXPECTED}")
    match parts:
        case ["weights", "issues" | "tiers" as table, key] if key:
            old = getattr(setup.weights, table)
            new = MappingProxyType({**old, key: int(_seconds(value, change))})
            return replace(setup, weights=_weights(setup.weights, table, new))
        case ["weights", "per_priority" | "per_attempt" | "most_besides" as field]:
            number = int(_seconds(value, change))
            return replace(setup, weights=_weights(setup.weights, field, number))
        case ["wrap_up"]:
            return replace(setup, wrap_up=_seconds(value, change))
        case ["within"]:
            return replace(setup, within=_seconds(value, change))
        case ["steps"]:
            return replace(setup, steps=_steps(value, change))
        case ["without"]:
            return replace(setup, team=_without(setup.team, value.strip()))
    raise SettingsError(f"--set {change!r}: no such setting; expected {EXPECTED}")


def _weights(weights: Weights, name: str, value: object) -> Weights:
    values = {field.name: getattr(weights, field.name) for field in fields(weights)}
    return Weights(**{**values, name: value})


def _seconds(text: str, change: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= MOST:
        raise SettingsError(f"--set {change!r}: expected seconds from 0 on")
    return number


def _steps(text: str, change: str) -> tuple[Step, ...]:
    """The hotline's own steps, begun at other times; fewer times leave the last steps out."""
    times = [0, *(int(_seconds(part, change)) for part in text.split(",") if part.strip())]
    try:
        return check_steps(
            tuple(
                replace(step, begins=begins)
                for step, begins in zip(DEFAULT_STEPS, times, strict=False)
            )
        )
    except ValueError as error:
        raise SettingsError(f"--set {change!r}: {error}") from error


def _without(team: Team, name: str) -> Team:
    if team.agent(name) is None:
        names = ", ".join(agent.name for agent in team.agents)
        raise SettingsError(f"--set without={name}: no such agent; there is {names}")
    return Team(tuple(agent for agent in team.agents if agent.name != name), team.skills)
