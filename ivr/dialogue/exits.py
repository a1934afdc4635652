"""Exits: a copy of the flows in which every way out remembers where it leads from."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from ivr.flow.model import Flow, FlowBook
from ivr.flow.nodes.base import Goto, Node

START = "start"
COMMAND = "command"

_WALKED = "ivr.flow.nodes."
"""Where dataclasses live that hold references to nodes."""


class ExitTo(str):
    """The name of a node, reached by `exit` of `node` in `flow`.

    It is the name for all else, so the dialogue carries it on without knowing: the `EnterNode`
    that follows tells by which way the node was entered, although several lead there.
    """

    flow: str
    node: str
    exit: str
    target: str
    """The name of the node alone, however it is shown."""

    def __new__(cls, target: str, flow: str, node: str, exit_: str, shown: str = "") -> "ExitTo":
        made = super().__new__(cls, shown or target)
        made.flow, made.node, made.exit, made.target = flow, node, exit_, target
        return made


def traced(book: FlowBook) -> FlowBook:
    """The same flows, with an `ExitTo` for the target of each exit, command and start."""
    return replace(book, flows={name: _traced(flow) for name, flow in book.flows.items()})


def _traced(flow: Flow) -> Flow:
    nodes = {name: _Marker(flow, node).node() for name, node in flow.nodes.items()}
    commands = tuple(
        replace(command, goto=command.goto and _to(command.goto, flow, COMMAND, command.name))
        for command in flow.commands
    )
    start = _to(flow.start, flow, START, START)
    return replace(flow, start=start, nodes=nodes, commands=commands)


def _to(goto: Goto, flow: Flow, node: str, exit_: str) -> Goto:
    return Goto(ExitTo(goto.node, flow.name, node, exit_), goto.place)


class _Marker:
    """Copies one node with its references replaced; what holds none stays the very object."""

    def __init__(self, flow: Flow, node: Node) -> None:
        self._flow = flow
        self._node = node
        self._exits = {id(goto): exit_ for exit_, goto in node.exits}

    def node(self) -> Node:
        found = self._with(self._node)
        assert isinstance(found, Node)
        return found

    def _with(self, value: Any) -> Any:
        if isinstance(value, Goto):
            exit_ = self._exits.get(id(value))
            return value if exit_ is None else self._to(value, exit_)
        if isinstance(value, tuple):
            items = [self._with(item) for item in value]
            same = all(new is old for new, old in zip(items, value, strict=True))
            return value if same else tuple(items)
        if isinstance(value, Mapping):
            return self._with_ways(value)
        if is_dataclass(value) and type(value).__module__.startswith(_WALKED):
            changed = {
                one.name: new
                for one in fields(value)
                if (new := self._with(old := getattr(value, one.name))) is not old
            }
            return replace(value, **changed) if changed else value  # type: ignore[type-var]
        return value

    def _with_ways(self, ways: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """Exits by name: one written reference may stand for several of them."""
        entries = {
            key: self._to(item, str(key)) if id(item) in self._exits else self._with(item)
            for key, item in ways.items()
        }
        return ways if all(entries[key] is ways[key] for key in entries) else entries

    def _to(self, goto: Goto, exit_: str) -> Goto:
        return _to(goto, self._flow, self._node.name, exit_)
