"""Differences: what changed between two sets of flows, told in nodes, choices and prompts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from ivr.flow.formulas import Formula
from ivr.flow.issues import Place
from ivr.flow.model import Flow, FlowBook
from ivr.flow.nodes.base import Choice, Goto, Node
from ivr.flow.prompts import Prompt, Text

SHOWN = 60
"""Characters of a wording that a change shows."""

_SILENT = frozenset({"place", "name", "flow_place", "unread", "prompts", "formulas", "nodes"})
"""Fields that say where something stands, or say again what its parts say."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is otherwise; `node` is empty for what belongs to the flow as a whole."""

    flow: str
    node: str
    what: str

    def __str__(self) -> str:
        where = f"node {self.node}" if self.node else f"flow {self.flow}"
        return f"{where}: {self.what}"


def differences(old: FlowBook, new: FlowBook) -> tuple[Change, ...]:
    """Every change from `old` to `new`, in the order of the new flows."""
    found: list[Change] = []
    for flow in new:
        before = old.flows.get(flow.name)
        if before is None:
            found.append(Change(flow.name, "", f"added, with {len(flow.nodes)} nodes"))
        else:
            found += _between(before, flow)
    gone = [name for name in old.flows if name not in new.flows]
    return tuple(found + [Change(name, "", "removed") for name in gone])


def _between(old: Flow, new: Flow) -> Iterator[Change]:
    for what in _inside("", old, new):
        yield Change(new.name, "", what)
    renamed = _renamed(old, new)
    for name, node in new.nodes.items():
        before = old.nodes.get(name)
        if name in renamed:
            yield Change(new.name, name, f"was called {renamed[name]}")
        elif before is None:
            yield Change(new.name, name, f"added ({node.kind})")
        else:
            follow = tuple(f"from {was} to {now}" for now, was in renamed.items())
            for what in _node(before, node):
                if not what.endswith(follow):
                    yield Change(new.name, name, what)
    for name in old.nodes:
        if name not in new.nodes and name not in renamed.values():
            yield Change(new.name, name, "removed")


def _renamed(old: Flow, new: Flow) -> dict[str, str]:
    """New name -> old name, of nodes that are the same in all but their name."""
    gone = [node for name, node in old.nodes.items() if name not in new.nodes]
    found: dict[str, str] = {}
    for name, node in new.nodes.items():
        if name in old.nodes:
            continue
        twins = [one for one in gone if one.name not in found.values() and not [*_node(one, node)]]
        if twins:
            found[name] = twins[0].name
    return found


def _node(old: Node, new: Node) -> Iterator[str]:
    if old.kind != new.kind:
        yield f"was a {old.kind}, is a {new.kind}"
        return
    yield from _inside("", old, new)


def _inside(path: str, old: Any, new: Any) -> Iterator[str]:
    """The changes of each field of two dataclasses of one kind."""
    for one in fields(new):
        if one.name not in _SILENT:
            inner = f"{path} {one.name}".strip()
            yield from _changes(inner, getattr(old, one.name), getattr(new, one.name))


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    if old is new or isinstance(new, Place):
        return
    if type(old) is not type(new):
        yield from _replaced(path, old, new)
    elif isinstance(new, Prompt):
        yield from _prompt(path, old, new)
    elif isinstance(new, Choice):
        yield from _choice(path, old, new)
    elif isinstance(new, Mapping):
        yield from _mapping(path, old, new)
    elif isinstance(new, tuple):
        yield from _tuple(path, old, new)
    elif is_dataclass(new) and not isinstance(new, Goto | Formula):
        yield from _inside(path, old, new)
    elif _said(old) != _said(new):
        yield f"{path} changed from {_said(old)} to {_said(new)}"


def _replaced(path: str, old: Any, new: Any) -> Iterator[str]:
    if old is None:
        yield f"{path} added: {_said(new)}"
    elif new is None:
        yield f"{path} removed"
    else:
        yield f"{path} changed from {_said(old)} to {_said(new)}"


def _prompt(path: str, old: Prompt, new: Prompt) -> Iterator[str]:
    for language in dict.fromkeys((*new.wordings, *old.wordings)):
        before, after = _wording(old, language), _wording(new, language)
        if before == after:
            continue
        if not before or not after:
            yield f"{path} {language} {'added' if after else 'removed'}"
        else:
            yield f"{path} {language} changed from {_short(before)} to {_short(after)}"


def _choice(path: str, old: Choice, new: Choice) -> Iterator[str]:
    if old.key != new.key:
        if old.key and new.key:
            yield f"{path} moved from key {old.key} to {new.key}"
        else:
            yield f"{path} has " + (
                f"key {new.key} now" if new.key else f"no key {old.key} any more"
            )
    for what in _inside(path, old, new):
        if not what.startswith(f"{path} key "):
            yield what


def _mapping(path: str, old: Mapping[Any, Any], new: Mapping[Any, Any]) -> Iterator[str]:
    for key in dict.fromkeys((*new, *old)):
        inner = f"{path} {key}"
        if key not in old:
            yield f"{inner} added: {_said(new[key])}"
        elif key not in new:
            yield f"{inner} removed"
        else:
            yield from _changes(inner, old[key], new[key])


def _tuple(path: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[str]:
    both = (*old, *new)
    if both and all(isinstance(one, str) for one in both):
        yield from _strings(path, old, new)
    elif both and all(isinstance(getattr(one, "name", None), str) for one in both):
        yield from _named(_one_of(path), old, new)
    else:
        for number in range(max(len(old), len(new))):
            before = old[number] if number < len(old) else None
            after = new[number] if number < len(new) else None
            yield from _changes(f"{path} {number + 1}", before, after)


def _named(path: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[str]:
    """Choices, commands, arms: parts that have names."""
    before = {one.name: one for one in old}
    after = {one.name: one for one in new}
    for name, one in after.items():
        if name in before:
            yield from _changes(f"{path} {name}", before[name], one)
        else:
            key = getattr(one, "key", "")
            yield f"{path} {name} added" + (f" on key {key}" if key else "")
    yield from (f"{path} {name} removed" for name in before if name not in after)
    kept = [name for name in after if name in before]
    if kept != [name for name in before if name in after]:
        yield f"{path} order is now {', '.join(after)}"


def _strings(path: str, old: tuple[str, ...], new: tuple[str, ...]) -> Iterator[str]:
    added = [one for one in new if one not in old]
    removed = [one for one in old if one not in new]
    if added:
        yield f"{path} added: {_listed(added)}"
    if removed:
        yield f"{path} removed: {_listed(removed)}"
    if not added and not removed and old != new:
        yield f"{path} order is now {_listed(list(new))}"


def _listed(texts: list[str]) -> str:
    more = f", and {len(texts) - 5} more" if len(texts) > 5 else ""
    return ", ".join(texts[:5]) + more


def _one_of(plural: str) -> str:
    """ "choices" names many, "choice" one of them."""
    return plural.removesuffix("s")


def _wording(prompt: Prompt, language: str) -> str:
    parts = prompt.wordings.get(language, ())
    return " ".join(
        part.text if isinstance(part, Text) else f"{{{part.slot}{'|' * bool(part.how)}{part.how}}}"
        for part in parts
    )


def _short(text: str) -> str:
    return f'"{text if len(text) <= SHOWN else text[: SHOWN - 3] + "..."}"'


def _said(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, Goto):
        return value.node
    if isinstance(value, Formula):
        return f'"{value.text}"'
    if isinstance(value, Prompt):
        return _short(_wording(value, next(iter(value.wordings), "")))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == "":
        return "nothing"
    if is_dataclass(value):
        inner = ((one.name, getattr(value, one.name)) for one in fields(value))
        said = [f"{name} {_said(one)}" for name, one in inner if name not in _SILENT and one]
        return ", ".join(said) or "empty"
    return str(value)
