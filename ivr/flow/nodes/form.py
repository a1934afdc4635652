"""form: fill several slots in any order, starting from what the caller says in one sentence.

A form is read as several nodes: the opening (`order`), a menu or collect node for each slot
(`order.card`), one that picks the next slot still empty (`order.next`), and, if the flow asks for
it, a confirm node at the end (`order.confirm`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Goto, Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Form(AskingNode):
    """The opening question. `slots` maps each slot to its node, in the order they are asked."""

    slots: Mapping[str, Goto]
    next: Goto

    @property
    def kind(self) -> str:
        return "form"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield "next", self.next
        yield from self.ladder_exits


@dataclass(frozen=True, slots=True, kw_only=True)
class FormNext(Node):
    """Goes to the first slot still empty, else on."""

    slots: Mapping[str, Goto]
    goto: Goto

    @property
    def kind(self) -> str:
        return "form_next"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        yield from self.slots.items()
        yield "filled", self.goto
