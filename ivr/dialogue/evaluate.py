"""Evaluate: an expression and a call -> its value; total, by the types checked beforehand."""

from datetime import datetime

from ivr.dialogue.state import State, Value
from ivr.flow.calendars import moment
from ivr.flow.expression_types import CALL_NAMES, FLAG, NUMBER, TYPE_OF_SLOT
from ivr.flow.expressions import Call, Expression, Listed, Literally, Minus, Name, Not, Pair
from ivr.flow.model import Flow

MAX_TEXT = 1000
"""Characters of a text made by an expression."""

MAX_NUMBER = 1e15

Result = str | int | float | bool | tuple["Result", ...]


def evaluate(expression: Expression, flow: Flow, state: State) -> Value:
    """The value of an expression in this call; never fails for one that passed the checks."""
    found = _Evaluator(flow, state).of(expression)
    return None if isinstance(found, tuple) else found


def is_true(expression: Expression | None, flow: Flow, state: State) -> bool:
    """Whether a condition holds; no condition always does."""
    return expression is None or evaluate(expression, flow, state) is True


class _Evaluator:
    def __init__(self, flow: Flow, state: State) -> None:
        self._flow = flow
        self._state = state

    def of(self, expression: Expression) -> Result:
        match expression:
            case Literally(value):
                return value
            case Name(name):
                return self._name(name)
            case Listed(items):
                return tuple(self.of(item) for item in items)
            case Not(inner):
                return self.of(inner) is not True
            case Minus(inner):
                return -_number(self.of(inner))
            case Pair():
                return self._pair(expression)
            case Call():
                return self._call(expression)

    def _name(self, name: str) -> Result:
        kind = CALL_NAMES.get(name)
        value: object
        if kind is None:
            value = self._state.slots.get(name, self._flow.variables.get(name))
            kind = TYPE_OF_SLOT.get(self._flow.slot_types.get(name, ""), "text")
        elif name == "caller.annoyed":
            value = self._state.mood.annoyed or self._state.profile.get("annoyed")
        elif name.startswith("caller."):
            value = self._state.profile.get(name.removeprefix("caller."))
        else:
            value = getattr(self._state, name.removeprefix("call."))
        if kind == NUMBER:
            return _number(value)
        if kind == FLAG:
            return value is True
        return "" if value is None else str(value)

    def _pair(self, pair: Pair) -> Result:
        if pair.operator == "and":
            return self.of(pair.left) is True and self.of(pair.right) is True
        if pair.operator == "or":
            return self.of(pair.left) is True or self.of(pair.right) is True
        left, right = self.of(pair.left), self.of(pair.right)
        if pair.operator == "in":
            return isinstance(right, tuple) and left in right
        if pair.operator == "==":
            return left == right
        if pair.operator == "!=":
            return left != right
        if pair.operator == "+" and isinstance(left, str):
            return (left + str(right))[:MAX_TEXT]
        return _calculated(pair.operator, _number(left), _number(right))

    def _call(self, call: Call) -> Result:
        if call.function == "known":
            name = call.arguments[0]
            return isinstance(name, Name) and self._state.slots.get(name.name) not in (None, "")
        arguments = [self.of(argument) for argument in call.arguments]
        text = str(arguments[0])
        match call.function:
            case "length":
                return len(text)
            case "last":
                count = max(0, int(_number(arguments[1])))
                return text[-count:] if count else ""
            case "first":
                return text[: max(0, int(_number(arguments[1])))]
            case "starts":
                return text.startswith(str(arguments[1]))
            case "text":
                return text[:MAX_TEXT]
            case "open" | "hour":
                return self._calendar(call.function, text)
        return ""

    def _calendar(self, function: str, name: str) -> Result:
        now: datetime | None = moment(self._state.now)
        calendar = self._flow.calendars.get(name)
        if now is None or calendar is None:
            return False if function == "open" else 0
        return calendar.is_open(now) if function == "open" else calendar.hour(now)


def _number(value: object) -> int | float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _calculated(operator: str, left: float, right: float) -> int | float | bool:
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case _:
            value = left / right if right else 0
    value = max(-MAX_NUMBER, min(MAX_NUMBER, value))
    return int(value) if value == int(value) else value
