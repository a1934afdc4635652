"""subflow: walk through another flow and come back; return: come back from one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.formulas import Formula
from ivr.flow.issues import Place
from ivr.flow.nodes.base import Goto, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Subflow(Node):
    """`give` fills the other flow's parameters, `take` maps own variables to its values.

    `ways` maps an exit of the other flow to a node here; `otherwise` stands for the rest.
    """

    flow: str
    flow_place: Place
    give: Mapping[str, Formula]
    take: Mapping[str, str]
    ways: Mapping[str, Goto]

    @property
    def kind(self) -> str:
        return "subflow"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield from self.ways.items()


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Node):
    """Ends this flow by a named exit; the call ends if no other flow had called it."""

    exit: str

    @property
    def kind(self) -> str:
        return "return"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield from ()
