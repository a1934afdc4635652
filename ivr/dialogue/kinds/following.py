"""Following: a wish that was named beside another one is kept, and offered once that is done."""

from collections.abc import Iterable

from ivr.dialogue.state import Pending
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Match

MAX_LATER = 3
"""Wishes kept for later; nobody wants to be asked about more."""


def keep(talk: Talk, match: Match) -> None:
    """Remember the further wishes that an open question has heard; those before are forgotten."""
    later = match.facts.get("later")
    if isinstance(later, list):
        names = (f"{talk.flow.name}/{name}" for name in later[:MAX_LATER])
        talk.change(later=tuple(names))


def chosen(talk: Talk, name: str) -> None:
    """A choice that is taken is no longer one for later."""
    full = f"{talk.flow.name}/{name}"
    if full in talk.state.later:
        talk.change(later=tuple(one for one in talk.state.later if one != full))


def offer(talk: Talk, choices: Iterable[str]) -> None:
    """Put the first wish that is among the choices here up for a yes or no."""
    here = {f"{talk.flow.name}/{name}": name for name in choices}
    full = next((one for one in talk.state.later if one in here), "")
    if full:
        chosen(talk, here[full])
        talk.explain(f"offered, as the caller named it before: {here[full]}", offered=here[full])
        talk.change(pending=Pending(here[full], asked=True))
