"""set: give variables new values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.formulas import Formula
from ivr.flow.nodes.base import Goto, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Node):
    """All values are computed before any is kept, so that two variables can be exchanged."""

    values: Mapping[str, Formula]
    goto: Goto

    @property
    def kind(self) -> str:
        return "set"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "goto", self.goto
