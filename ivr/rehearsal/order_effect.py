"""Order effect: what `order: by_caller` saves, from journals, against the callers held out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ivr.call.journal import Record

GROUPS = ("by_caller", "holdout")
ENOUGH = 30
"""Visits a group needs before its figures say anything."""

_RESAMPLES = 2000


@dataclass(slots=True)
class Group:
    """Visits of one menu by callers of one group who had called before.

    `seconds` runs from entering the menu to the choice, for each visit that came to one.
    """

    visits: int = 0
    nomatches: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float | None:
        return float(np.median(self.seconds)) if self.seconds else None


Effect = dict[str, dict[str, Group]]
"""Menu ("bank.main") -> group -> its visits."""


@dataclass(slots=True)
class _Visit:
    group: Group
    menu: str
    began: float


def effect_of(calls: Iterable[Sequence[Record]]) -> Effect:
    """Every menu with an order of its own; first-time callers, who are told the same, are left out.

    A menu is entered once a visit, however often its question is repeated.
    """
    effect: Effect = {}
    for records in calls:
        if _known_before(records):
            _add(effect, records)
    return effect


def _known_before(records: Sequence[Record]) -> bool:
    for record in records:
        if record["kind"] == "CallStarted":
            calls = record["data"].get("profile", {}).get("calls", 0)
            return isinstance(calls, int) and calls > 0
    return False


def _add(effect: Effect, records: Sequence[Record]) -> None:
    entered, visit = 0.0, None
    for record in records:
        if record["kind"] == "EnterNode":
            entered, visit = record["at"], None
        if record["kind"] != "Explain":
            continue
        facts = record["data"].get("facts", {})
        if facts.get("group") in GROUPS and "menu" in facts and visit is None:
            groups = effect.setdefault(facts["menu"], {name: Group() for name in GROUPS})
            visit = _Visit(groups[facts["group"]], facts["menu"], entered)
            visit.group.visits += 1
        elif visit is not None and "nomatch" in facts:
            visit.group.nomatches += 1
        elif visit is not None and str(facts.get("chosen", "")).startswith(f"{visit.menu}."):
            visit.group.seconds.append(record["at"] - visit.began)
            visit = None


def saved(groups: dict[str, Group]) -> tuple[float, float, float] | None:
    """Seconds the median choice comes earlier by the order, and the 95 % interval of that.

    By the bootstrap, with a fixed seed; None while a group has fewer than `ENOUGH` choices.
    """
    ordered, held = (np.array(groups[name].seconds) for name in GROUPS)
    if min(len(ordered), len(held)) < ENOUGH:
        return None
    random = np.random.default_rng(0)
    first, second = (
        np.median(random.choice(one, (_RESAMPLES, len(one))), axis=1) for one in (held, ordered)
    )
    low, high = np.percentile(first - second, [2.5, 97.5])
    return float(np.median(held) - np.median(ordered)), float(low), float(high)
