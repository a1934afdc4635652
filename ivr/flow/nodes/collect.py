"""collect: ask for a value, by voice or keys, and keep it in a slot."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Goto
from ivr.flow.prompts import Prompt

CONFIRM_IF = ("always", "unsure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Collect(AskingNode):
    """`shortest` and `longest` bound the number of digits (of an amount: before the point).

    `confirm`, if given, is asked before the value is taken; with `confirm_if` "unsure" only when
    it was not surely understood (a keyed value always is).
    """

    slot: str
    type: str
    shortest: int
    longest: int
    goto: Goto
    confirm: Prompt | None = None
    confirm_if: str = "always"

    @property
    def kind(self) -> str:
        return "collect"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "goto", self.goto
        yield from self.ladder_exits
