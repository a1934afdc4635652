"""split: send callers different ways by fixed shares; the same caller always goes the same way."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import Goto, Node


@dataclass(frozen=True, slots=True)
class Arm:
    """`share` counts relative to the other arms' shares."""

    name: str
    share: int
    goto: Goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(Node):
    """`test` names the comparison: the same name in two nodes means the same assignment."""

    test: str
    arms: tuple[Arm, ...]

    @property
    def kind(self) -> str:
        return "split"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        for arm in self.arms:
            yield arm.name, arm.goto
