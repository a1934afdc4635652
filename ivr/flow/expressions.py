"""Expressions: conditions and values in a flow, a small typed language that always has a result.

    tries < 3 and card != ""        amount * 2 >= limit        language in ["zh", "en"]
    not open("office")              last(card, 4)              known(card)

Types are text, number, flag and list; names are slots, variables and what the call knows. All
faults are found when a flow is read. At call time nothing fails: an unset name is "", 0 or false,
and what is divided by zero is 0.
"""

import re
from dataclasses import dataclass
from typing import Literal

MAX_CHARACTERS = 500
MAX_NESTING = 20

Constant = str | int | float | bool
Operator = Literal["and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "+", "-", "*", "/"]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d{1,15}(?:\.\d{1,9})?)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)|(?P<mark>==|!=|<=|>=|[-+*/<>()\[\],]))"
)
_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_WORDS = ("and", "or", "not", "in", "true", "false")


@dataclass(frozen=True, slots=True)
class Literally:
    value: Constant


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    items: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Not:
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Minus:
    inner: "Expression"


@dataclass(frozen=True, slots=True)
class Pair:
    operator: Operator
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    arguments: tuple["Expression", ...]


Expression = Literally | Name | Listed | Not | Minus | Pair | Call


def parse(text: str) -> Expression:
    """Read one expression.

    Raises:
        ValueError: with what was found and what was expected.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"an expression holds at most {MAX_CHARACTERS} characters")
    parser = _Parser(_tokens(text))
    found = parser.either(0)
    if parser.peek:
        raise ValueError(f'"{parser.peek}" was not expected')
    return found


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ValueError(f'"{text[at:].strip()[:10]}" is not understood')
        tokens.append(token[0].strip())
        at = token.end()
    return tokens


class _Parser:
    """Recursive descent, one method a level of binding: or, and, not, comparison, sum, product."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, *wanted: str) -> str:
        """The next token if it is one of these, else nothing."""
        if self.peek and self.peek in wanted:
            self._at += 1
            return self._tokens[self._at - 1]
        return ""

    def expect(self, wanted: str) -> None:
        if not self.take(wanted):
            raise ValueError(f'"{wanted}" was expected, not "{self.peek or "the end"}"')

    def either(self, depth: int) -> Expression:
        if depth > MAX_NESTING:
            raise ValueError(f"an expression is nested at most {MAX_NESTING} deep")
        left = self.both(depth)
        while self.take("or"):
            left = Pair("or", left, self.both(depth))
        return left

    def both(self, depth: int) -> Expression:
        left = self.negated(depth)
        while self.take("and"):
            left = Pair("and", left, self.negated(depth))
        return left

    def negated(self, depth: int) -> Expression:
        count = 0
        while self.take("not"):
            count += 1
        found = self.compared(depth)
        return Not(found) if count % 2 else found

    def compared(self, depth: int) -> Expression:
        left = self.summed(depth)
        operator = self.take(*_COMPARISONS)
        if not operator:
            return left
        right = self.summed(depth)
        if self.peek in _COMPARISONS:
            raise ValueError('join comparisons by "and"')
        return Pair(operator, left, right)  # type: ignore[arg-type]

    def summed(self, depth: int) -> Expression:
        left = self.multiplied(depth)
        while operator := self.take("+", "-"):
            left = Pair(operator, left, self.multiplied(depth))  # type: ignore[arg-type]
        return left

    def multiplied(self, depth: int) -> Expression:
        left = self.single(depth)
        while operator := self.take("*", "/"):
            left = Pair(operator, left, self.single(depth))  # type: ignore[arg-type]
        return left

    def single(self, depth: int) -> Expression:
        if self.take("-"):
            return Minus(self._atom(depth))
        return self._atom(depth)

    def _atom(self, depth: int) -> Expression:
        token = self.peek
        if not token:
            raise ValueError("the expression ends too early")
        self._at += 1
        if token == "(":
            inner = self.either(depth + 1)
            self.expect(")")
            return inner
        if token == "[":
            return Listed(self._items("]", depth))
        if token in ("true", "false"):
            return Literally(token == "true")
        if token[0] in "\"'":
            return Literally(token[1:-1])
        if token[0].isdigit():
            return Literally(float(token) if "." in token else int(token))
        if token[0].isalpha() and token not in _WORDS:
            return Call(token, self._items(")", depth)) if self.take("(") else Name(token)
        raise ValueError(f'"{token}" was not expected')

    def _items(self, end: str, depth: int) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self.take(end):
            if items:
                self.expect(",")
            items.append(self.either(depth + 1))
        return tuple(items)
