"""Mentioning: which choices a menu names aloud, and in which order, for this caller."""

from hashlib import sha256

from ivr.dialogue.evaluate import is_true
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu
from ivr.flow.prompts import Prompt


def offered(talk: Talk, choice: Choice) -> bool:
    """Whether a choice is there for this caller now."""
    return choice.when is None or is_true(choice.when.expression, talk.flow, talk.state)


def mentions(talk: Talk, node: Menu) -> list[Prompt]:
    """What is said of the choices after the menu's own prompt."""
    named = [c for c in node.choices if c.say is not None and offered(talk, c)]
    if node.order == "by_caller" and named:
        named = _by_caller(talk, node, named)
    if node.mention:
        named = named[: node.mention]
    return [choice.say for choice in named if choice.say is not None]


def _by_caller(talk: Talk, node: Menu, named: list[Choice]) -> list[Choice]:
    """Most used first; equals stay as written. Keys go with their choices."""
    menu = f"{talk.flow.name}.{node.name}"
    if _held_out(talk, node):
        why = f"order of {node.name}: as written, the caller is held out"
        talk.explain(why, group="holdout", menu=menu)
        return named
    used = {c.name: _uses(talk, node, c) for c in named}
    ranked = sorted(named, key=lambda choice: -used[choice.name])
    order = [choice.name for choice in ranked]
    why = ", ".join(f"{name} {used[name]}" for name in order if used[name]) or "nothing used yet"
    talk.explain(f"order of {node.name} by use: {why}", group="by_caller", menu=menu, order=order)
    return ranked


def _uses(talk: Talk, node: Menu, choice: Choice) -> int:
    count = talk.state.profile.get(f"used.{talk.flow.name}.{node.name}.{choice.name}")
    return count if isinstance(count, int) else 0


def _held_out(talk: Talk, node: Menu) -> bool:
    """The same callers in every call, other ones for every menu."""
    who = talk.state.caller or talk.state.call_id
    digest = sha256(f"holdout {talk.flow.name}.{node.name}\n{who}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < node.holdout
