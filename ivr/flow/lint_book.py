"""Lint across flows: subflows, what they are given and how they come back."""

from collections.abc import Iterator, Mapping

from ivr.flow.expression_types import ANY, type_of
from ivr.flow.issues import Issue, Severity
from ivr.flow.lint_logic import issue, scope_of
from ivr.flow.model import Flow
from ivr.flow.nodes.base import AskingNode
from ivr.flow.nodes.menu import Menu
from ivr.flow.nodes.subflow import Return, Subflow
from ivr.flow.reading import nearest


def lint_book(flows: Mapping[str, Flow]) -> Iterator[Issue]:
    """Every fault between the flows of a book."""
    for flow in flows.values():
        for node in flow.nodes.values():
            if isinstance(node, Subflow):
                yield from _subflow(flows, flow, node)
    yield from _circles(flows)
    yield from _escapes(flows)


def exits_of(flow: Flow) -> set[str]:
    return {node.exit for node in flow.nodes.values() if isinstance(node, Return)}


def _subflow(flows: Mapping[str, Flow], flow: Flow, node: Subflow) -> Iterator[Issue]:
    called = flows.get(node.flow)
    if called is None:
        hint = nearest(node.flow, flows)
        message = f'there is no flow "{node.flow}"'
        yield issue("unknown-flow", node.flow_place, message, node.name, hint)
        return
    scope, inner = scope_of(flow), scope_of(called)
    for name, formula in node.give.items():
        if name not in called.parameters:
            hint = nearest(name, called.parameters)
            message = f'flow "{called.name}" has no parameter "{name}"'
            yield issue("unknown-name", formula.place, message, node.name, hint)
            continue
        wanted, got = inner.names.get(name, ANY), type_of(formula.expression, scope, [])
        if ANY not in (wanted, got) and wanted != got:
            message = f'"{name}" is a {wanted}, not a {got}'
            yield issue("wrong-type", formula.place, message, node.name)
    for own, theirs in node.take.items():
        if own not in flow.slot_types:
            hint = nearest(own, flow.slot_types)
            yield issue("unknown-name", node.place, f'no variable "{own}"', node.name, hint)
        elif theirs not in called.slot_types:
            hint = nearest(theirs, called.slot_types)
            message = f'flow "{called.name}" has no value "{theirs}"'
            yield issue("unknown-name", node.place, message, node.name, hint)
        elif scope.names[own] != inner.names[theirs]:
            message = f'"{own}" is a {scope.names[own]}, "{theirs}" a {inner.names[theirs]}'
            yield issue("wrong-type", node.place, message, node.name)
    yield from _exits(called, node)


def _exits(called: Flow, node: Subflow) -> Iterator[Issue]:
    exits = exits_of(called)
    for name, goto in node.ways.items():
        if name not in exits | {"otherwise"}:
            hint = nearest(name, exits)
            message = f'flow "{called.name}" has no exit "{name}"'
            yield issue("unknown-exit", goto.place, message, node.name, hint)
    if "otherwise" not in node.ways:
        for name in sorted(exits - node.ways.keys()):
            message = f'no exit for "{name}" of flow "{called.name}", and no "otherwise"'
            yield issue("missing-exit", node.place, message, node.name)


def _circles(flows: Mapping[str, Flow]) -> Iterator[Issue]:
    """A flow that calls itself, directly or by others, never comes back."""
    calls = {
        flow.name: {n.flow: n for n in flow.nodes.values() if isinstance(n, Subflow)}
        for flow in flows.values()
    }
    for name in flows:
        seen: set[str] = set()
        waiting = list(calls[name])
        while waiting:
            other = waiting.pop()
            if other not in seen and other in calls:
                seen.add(other)
                waiting += calls[other]
        if name in seen:
            node = next(iter(calls[name].values()))
            message = f'flow "{name}" calls itself, by way of "{node.flow}"'
            yield issue("circle", node.flow_place, message, node.name)


def _escapes(flows: Mapping[str, Flow]) -> Iterator[Issue]:
    """A ladder that ends nowhere needs an operator, its flow's own or that of every caller."""
    for flow in flows.values():
        callers = [other for other in flows.values() if _calls(other, flow.name)]
        if flow.command("operator") or (callers and all(c.command("operator") for c in callers)):
            continue
        for node in flow.nodes.values():
            if isinstance(node, AskingNode):
                for name, ladder in (("noinput", node.noinput), ("nomatch", node.nomatch)):
                    if not ladder or ladder[-1].goto is None:
                        message = f'"{name}" of "{node.name}" ends nowhere, without operator'
                        yield issue("no-escape", node.place, message, node.name, warning=True)


def _calls(flow: Flow, name: str) -> bool:
    return any(isinstance(n, Subflow) and n.flow == name for n in flow.nodes.values())


def lint_open_menus(flows: Mapping[str, Flow], *, has_model: bool) -> Iterator[Issue]:
    """Menus that are open though no intent model stands beside the flows."""
    for flow in flows.values():
        for node in flow.nodes.values():
            if isinstance(node, Menu) and node.open and not has_model:
                message = (
                    f'menu "{node.name}" is open, but there is no intents.npz beside the flows; '
                    "make it with `ivr intents train`"
                )
                place = node.place
                yield Issue(
                    "open-without-intents", Severity.WARNING, place.file, place.line, place.column,
                    node.name, message,
                )  # fmt: skip
