"""Types of expressions: finds before any call what could not be computed in one."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from ivr.flow.expressions import (
    Call,
    Expression,
    Listed,
    Literally,
    Minus,
    Name,
    Not,
    Pair,
)

TEXT, NUMBER, FLAG, LIST, ANY = "text", "number", "flag", "list", "any"

TYPE_OF_SLOT = {"amount": NUMBER, "rating": NUMBER, "number": NUMBER, "flag": FLAG, "yes_no": FLAG}
"""Types of slots that are not text."""

CALL_NAMES = {
    "call.language": TEXT,
    "call.intent": TEXT,
    "call.caller": TEXT,
    "call.called": TEXT,
    "call.noinputs": NUMBER,
    "call.nomatches": NUMBER,
    "call.callbacks": FLAG,
    "caller.tier": TEXT,
    "caller.calls": NUMBER,
    "caller.annoyed": FLAG,
    "caller.complained": FLAG,
}
"""What every call knows of itself and of its caller."""

FUNCTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "known": ((ANY,), FLAG),
    "length": ((TEXT,), NUMBER),
    "last": ((TEXT, NUMBER), TEXT),
    "first": ((TEXT, NUMBER), TEXT),
    "starts": ((TEXT, TEXT), FLAG),
    "text": ((ANY,), TEXT),
    "open": ((TEXT,), FLAG),
    "hour": ((TEXT,), NUMBER),
}
"""Arguments and result of each function. `open` and `hour` take a calendar's name, written out."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Names an expression may use, with their types, and calendars it may ask."""

    names: Mapping[str, str]
    calendars: Collection[str] = field(default=())


def type_of(expression: Expression, scope: Scope, faults: list[tuple[str, str, str]]) -> str:
    """The type of an expression; each fault is (code, message, the name not known or "")."""
    match expression:
        case Literally(value):
            return _constant(value)
        case Name(name):
            found = scope.names.get(name) or CALL_NAMES.get(name)
            if found is None:
                faults.append(("unknown-name", f'there is no slot or variable "{name}"', name))
            return found or ANY
        case Listed(items):
            for item in items:
                type_of(item, scope, faults)
            return LIST
        case Not(inner):
            _want(FLAG, inner, scope, faults, '"not"')
            return FLAG
        case Minus(inner):
            _want(NUMBER, inner, scope, faults, '"-"')
            return NUMBER
        case Pair():
            return _pair(expression, scope, faults)
        case Call():
            return _call(expression, scope, faults)


def _constant(value: object) -> str:
    if isinstance(value, bool):
        return FLAG
    return TEXT if isinstance(value, str) else NUMBER


def _want(
    wanted: str, inner: Expression, scope: Scope, faults: list[tuple[str, str, str]], where: str
) -> None:
    got = type_of(inner, scope, faults)
    if ANY not in (got, wanted) and got != wanted:
        faults.append(("wrong-type", f"{where} takes a {wanted}, not a {got}", ""))


def _pair(pair: Pair, scope: Scope, faults: list[tuple[str, str, str]]) -> str:
    operator = pair.operator
    if operator in ("and", "or"):
        _want(FLAG, pair.left, scope, faults, f'"{operator}"')
        _want(FLAG, pair.right, scope, faults, f'"{operator}"')
        return FLAG
    if operator == "in":
        type_of(pair.left, scope, faults)
        _want(LIST, pair.right, scope, faults, '"in"')
        return FLAG
    left, right = (type_of(side, scope, faults) for side in (pair.left, pair.right))
    if operator in ("==", "!="):
        if ANY not in (left, right) and left != right:
            message = f"a {left} is never equal to a {right}"
            faults.append(("wrong-type", message, ""))
        return FLAG
    if operator == "+" and TEXT in (left, right):
        for side in (left, right):
            if side not in (TEXT, ANY):
                faults.append(("wrong-type", f'"+" joins two texts, not a {side}; use text()', ""))
        return TEXT
    for side in (left, right):
        if side not in (NUMBER, ANY):
            faults.append(("wrong-type", f'"{operator}" takes numbers, not a {side}', ""))
    return NUMBER if operator in ("+", "-", "*", "/") else FLAG


def _call(call: Call, scope: Scope, faults: list[tuple[str, str, str]]) -> str:
    known = FUNCTIONS.get(call.function)
    if known is None:
        message = f'there is no function "{call.function}"; known: {", ".join(FUNCTIONS)}'
        faults.append(("unknown-function", message, ""))
        return ANY
    wanted, result = known
    if len(call.arguments) != len(wanted):
        message = f'"{call.function}" takes {len(wanted)} arguments, not {len(call.arguments)}'
        faults.append(("wrong-type", message, ""))
        return result
    for want, argument in zip(wanted, call.arguments, strict=True):
        _want(want, argument, scope, faults, f'"{call.function}"')
    if call.function == "known" and not isinstance(call.arguments[0], Name):
        faults.append(("wrong-type", '"known" takes a name', ""))
    if call.function in ("open", "hour"):
        calendar = call.arguments[0]
        if not isinstance(calendar, Literally) or calendar.value not in scope.calendars:
            shown = calendar.value if isinstance(calendar, Literally) else "..."
            faults.append(("unknown-calendar", f'there is no calendar "{shown}"', str(shown)))
    return result


def names_in(expression: Expression) -> Iterator[str]:
    """Every name an expression uses."""
    match expression:
        case Name(name):
            yield name
        case Listed(items):
            for item in items:
                yield from names_in(item)
        case Not(inner) | Minus(inner):
            yield from names_in(inner)
        case Pair(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from names_in(argument)
        case Literally():
            pass
