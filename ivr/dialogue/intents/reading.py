"""Reading: what an intent scorer says about a sentence, and the port it says it through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

OUT_OF_SCOPE = ""
"""The name of the honest answer: none of the intents."""


@dataclass(frozen=True, slots=True)
class IntentInfo:
    """What comes with an intent: its class, its urgency (low, normal, high or critical), labels.

    `labels` names it per language, for a person to read or hear. `choices` are the menu choices
    ("menu.choice") that stand for it.
    """

    name: str
    group: str = ""
    urgency: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """One intent with its probability, given that the sentence asks for any of them."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class IntentReading:
    """The intent of a sentence.

    `name` is empty when it is none of ours. `in_scope` is the probability that it is one at all;
    `guesses` are the likeliest intents, best first, whether accepted or not. `also` are further
    intents of the same sentence ("挂失, 顺便查一下余额"), in the order said.
    """

    name: str
    in_scope: float
    guesses: tuple[Guess, ...]
    info: IntentInfo | None = None
    also: tuple["IntentReading", ...] = ()

    @property
    def probability(self) -> float:
        """That the best guess is right: of ours, and this one of ours."""
        return self.in_scope * self.guesses[0].probability if self.guesses else 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """Every intent of the sentence in the order said; empty for none."""
        return tuple(one.name for one in (self, *self.also) if one.name)

    @property
    def why(self) -> str:
        """One line for a supervisor."""
        shown = ", ".join(f"{guess.name} {guess.probability:.2f}" for guess in self.guesses[:3])
        verdict = self.name or "out of scope"
        more = f"; also {', '.join(one.name for one in self.also)}" if self.also else ""
        return f"{verdict}: ours {self.in_scope:.2f}, {shown or 'no known words'}{more}"


class IntentScorer(Protocol):
    """Understands open sentences; pure, and fast enough to run within a step."""

    def read(self, text: str) -> IntentReading: ...
