"""branch: go where the first condition that holds leads."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.formulas import Formula
from ivr.flow.nodes.base import Goto, Node


@dataclass(frozen=True, slots=True)
class Case:
    when: Formula
    goto: Goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Node):
    cases: tuple[Case, ...]
    otherwise: Goto

    @property
    def kind(self) -> str:
        return "branch"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        for number, case in enumerate(self.cases, 1):
            yield f"case.{number}", case.goto
        yield "otherwise", self.otherwise
