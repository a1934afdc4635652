"""survey: ask for a rating; whoever does not answer is not asked twice."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey(AskingNode):
    """A whole number from `lowest` to `highest`, by key or voice, kept in `slot`."""

    slot: str
    lowest: int
    highest: int
    goto: Goto

    @property
    def kind(self) -> str:
        return "survey"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "goto", self.goto
        yield from self.ladder_exits
