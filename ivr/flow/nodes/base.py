"""What nodes share: a name, a place, exits; and what nodes that ask the caller share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.flow.formulas import Formula
from ivr.flow.input_settings import InputSettings
from ivr.flow.issues import Place
from ivr.flow.prompts import Prompt

Phrases = Mapping[str, tuple[str, ...]]
"""Sentences by language."""


def no_phrases() -> Phrases:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Goto:
    """A reference to a node, and where it is written."""

    node: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a ladder: what is said, whether the question follows, or where to go instead.

    `keypad_only` stops listening for speech in this node from here on.
    """

    prompt: Prompt | None = None
    goto: Goto | None = None
    repeat: bool = False
    keypad_only: bool = False


Ladder = tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A place in the talk."""

    name: str
    place: Place

    @property
    def kind(self) -> str:
        raise NotImplementedError

    @property
    def exits(self) -> Iterator[tuple[str, Goto]]:
        """Every way out, as (exit, target), in the order written."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingNode(Node):
    """A node that waits for the caller's words or keys."""

    prompt: Prompt
    input: InputSettings
    noinput: Ladder = ()
    nomatch: Ladder = ()
    help: Prompt | None = None

    @property
    def ladder_exits(self) -> Iterator[tuple[str, Goto]]:
        for name, ladder in (("noinput", self.noinput), ("nomatch", self.nomatch)):
            for count, rung in enumerate(ladder, 1):
                if rung.goto is not None:
                    yield f"{name}.{count}", rung.goto


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing a caller may choose. `label` is how it is named back; empty key: none."""

    name: str
    goto: Goto
    label: Prompt
    place: Place
    key: str = ""
    phrases: Phrases = field(default_factory=no_phrases)
    intent: str = ""
    language: str = ""
    """The talk goes on in this language; empty: no change."""

    when: Formula | None = None
    """The choice is there only while this holds."""

    say: Prompt | None = None
    """How the menu mentions it after its own prompt, while it is there."""
