"""confirm: ask a question that is answered by yes or no."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Choice, Goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm(AskingNode):
    """`yes` and `no` are choices: keys 1 and 2 and the usual words unless the flow says others."""

    yes: Choice
    no: Choice

    @property
    def kind(self) -> str:
        return "confirm"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "yes", self.yes.goto
        yield "no", self.no.goto
        yield from self.ladder_exits
