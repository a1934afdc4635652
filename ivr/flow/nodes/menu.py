"""menu: ask the caller to choose one of a few things, by voice or key."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow.nodes.base import AskingNode, Choice, Goto

ORDERS = ("fixed", "by_caller")
OTHER_KEYS = "other_keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu(AskingNode):
    """`also` names menus whose phrases are understood here too, without being mentioned.

    `slot`, if given, keeps the name of the choice made. Choices with a `say` are mentioned after
    the prompt, at most `mention` of them (0: all): in the order written, or with `order`
    "by_caller" those first that the caller makes most. A choice's key never changes. `holdout` per
    cent of callers keep the written order, so that the effect can be measured. An `open` menu asks
    how one can help: words that are no phrase of it are read by the intent model. Of several wishes
    in one sentence the first is followed; a menu with `follow_up` offers the others, one each time
    it is entered. With `other_keys` a key that means nothing here counts as pressed at that node,
    for callers who know the menu behind a greeting.
    """

    choices: tuple[Choice, ...]
    also: tuple[Goto, ...] = ()
    slot: str = ""
    order: str = "fixed"
    mention: int = 0
    holdout: int = 10
    open: bool = False
    follow_up: bool = False
    other_keys: Goto | None = None

    @property
    def kind(self) -> str:
        return "menu"

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        for choice in self.choices:
            yield choice.name, choice.goto
        if self.other_keys is not None:
            yield OTHER_KEYS, self.other_keys
        yield from self.ladder_exits
