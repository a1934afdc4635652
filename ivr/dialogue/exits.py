"""Exits: a copy of the flows in which every way out remembers where it leads from."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ivr.flow.model import Flow, FlowBook
from ivr.flow.nodes.base import Goto

START = "start"
COMMAND = "command"

_WALKED = ("ivr.flow.nodes.", "ivr.flow.model")
"""Where dataclasses live that hold references to nodes."""


class ExitTo(str):
    """The name of a node, reached by `exit` of `node` in `flow`.

    It is the name for all else, so the dialogue carries it on without knowing: the `EnterNode`
    that follows tells by which way the node was entered, although several lead there.
    """

    flow: str
    node: str
    exit: str

    def __new__(cls, target: str, flow: str, node: str, exit_: str) -> "ExitTo":
        made = super().__new__(cls, target)
        made.flow, made.node, made.exit = flow, node, exit_
        return made


def traced(book: FlowBook) -> FlowBook:
    """The same flows, with an `ExitTo` for the target of each exit, command and start."""
    return replace(book, flows={name: _traced(flow) for name, flow in book.flows.items()})


def _traced(flow: Flow) -> Flow:
    def marked(goto: Goto | None, node: str, exit_: str) -> Goto | None:
        return goto and Goto(ExitTo(goto.node, flow.name, node, exit_), goto.place)

    nodes = {}
    for name, node in flow.nodes.items():
        marks = {id(goto): marked(goto, name, exit_) for exit_, goto in node.exits}
        nodes[name] = _with(node, marks)
    commands = tuple(
        replace(command, goto=marked(command.goto, COMMAND, command.name))
        for command in flow.commands
    )
    start = marked(flow.start, START, START)
    assert start is not None
    return replace(flow, start=start, nodes=nodes, commands=commands)


def _with(value: Any, marks: Mapping[int, Goto | None]) -> Any:
    """`value` with the references replaced; itself where there are none."""
    if isinstance(value, Goto):
        return marks.get(id(value)) or value
    if isinstance(value, tuple):
        items = [_with(item, marks) for item in value]
        same = all(new is old for new, old in zip(items, value, strict=True))
        return value if same else tuple(items)
    if isinstance(value, Mapping):
        entries = {key: _with(item, marks) for key, item in value.items()}
        return value if all(entries[key] is value[key] for key in entries) else entries
    if is_dataclass(value) and type(value).__module__.startswith(_WALKED):
        changed = {
            one.name: new
            for one in fields(value)
            if (new := _with(old := getattr(value, one.name), marks)) is not old
        }
        return replace(value, **changed) if changed and not isinstance(value, type) else value
    return value
