"""menu: ask the caller to choose one of a few things, by voice or key."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Choice, Goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(AskingNode):
    """`also` names menus whose phrases are understood here too, without being mentioned.

    `slot`, if given, keeps the name of the choice made.
    """

    choices: tuple[Choice, ...]
    also: tuple[Goto, ...] = ()
    slot: str = ""

    @property
    def kind(self) -> str:
        return "menu"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        for choice in self.choices:
            yield choice.name, choice.goto
        yield from self.ladder_exits
