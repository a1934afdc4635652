"""Lint of what a flow computes: types of expressions, names, calendars, lookups."""

from collections.abc import Iterator

from ivr.flow.expression_types import ANY, FUNCTIONS, TEXT, TYPE_OF_SLOT, Scope, names_in, type_of
from ivr.flow.issues import Issue, Place, Severity
from ivr.flow.model import Flow
from ivr.flow.nodes.lookup import Lookup
from ivr.flow.nodes.set import Set
from ivr.flow.reading import nearest


def lint_logic(flow: Flow) -> Iterator[Issue]:
    """Every fault in the expressions and declarations of a flow."""
    scope = scope_of(flow)
    for formula in flow.formulas:
        faults: list[tuple[str, str, str]] = []
        got = type_of(formula.expression, scope, faults)
        if ANY not in (got, formula.wanted) and got != formula.wanted:
            faults.append(("wrong-type", f"a {formula.wanted} is wanted here, not a {got}", ""))
        for code, message, name in faults:
            known = {*scope.names, *scope.calendars, *FUNCTIONS}
            hint = nearest(name, known) if name else ""
            yield issue(code, formula.place, f'"{formula.text}": {message}', formula.node, hint)
    yield from _sets(flow, scope)
    yield from _lookups(flow)
    yield from _parameters(flow)
    yield from _unused(flow)


def scope_of(flow: Flow) -> Scope:
    names = {name: TYPE_OF_SLOT.get(kind, TEXT) for name, kind in flow.slot_types.items()}
    return Scope(names, frozenset(flow.calendars))


def issue(
    code: str, place: Place, message: str, node: str = "", hint: str = "", *, warning: bool = False
) -> Issue:
    severity = Severity.WARNING if warning else Severity.ERROR
    return Issue(code, severity, place.file, place.line, place.column, node, message, hint)


def _sets(flow: Flow, scope: Scope) -> Iterator[Issue]:
    for node in flow.nodes.values():
        for name, formula in node.values.items() if isinstance(node, Set) else ():
            wanted = scope.names.get(name)
            got = type_of(formula.expression, scope, [])
            if wanted is None:
                hint = nearest(name, scope.names)
                message = f'there is no variable "{name}"'
                yield issue("unknown-name", formula.place, message, node.name, hint)
            elif ANY not in (got, wanted) and got != wanted:
                message = f'"{name}" is a {wanted}, not a {got}'
                yield issue("wrong-type", formula.place, message, node.name)


def _lookups(flow: Flow) -> Iterator[Issue]:
    for node in flow.nodes.values():
        if not isinstance(node, Lookup):
            continue
        action = flow.lookups.get(node.lookup)
        if action is None:
            hint = nearest(node.lookup, flow.lookups)
            message = f'there is no lookup "{node.lookup}"'
            yield issue("unknown-lookup", node.place, message, node.name, hint)
            continue
        for name, answer in node.take.items():
            if name not in flow.variables:
                hint = nearest(name, flow.variables)
                message = f'there is no variable "{name}" to take an answer'
                yield issue("unknown-name", node.place, message, node.name, hint)
            if answer not in action.answer:
                hint = nearest(answer, action.answer)
                message = f'lookup "{node.lookup}" answers no "{answer}"'
                yield issue("unknown-name", node.place, message, node.name, hint)


def _parameters(flow: Flow) -> Iterator[Issue]:
    for name in flow.parameters:
        if name not in flow.variables:
            hint = nearest(name, flow.variables)
            message = f'parameter "{name}" is no variable'
            yield issue("unknown-name", flow.place, message, "", hint)


def _unused(flow: Flow) -> Iterator[Issue]:
    used = {name for formula in flow.formulas for name in names_in(formula.expression)}
    used |= {blank.slot for prompt in flow.prompts.values() for blank in prompt.blanks}
    for node in flow.nodes.values():
        used |= set(getattr(node, "take", {}))
    for name in flow.variables:
        if name not in used:
            message = f'variable "{name}" is never used'
            yield issue("unused-variable", flow.place, message, warning=True)
