"""Durations: about how long a voice takes to say a segment, where no sound can be measured."""

import re
from collections.abc import Callable
from typing import Protocol

from ivr.flow.prompt import PromptSegment
from ivr.flow.prompts import Prompt, Text, segment_of

SECONDS_A_CHARACTER = 0.19
SECONDS_A_WORD = 0.28
SECONDS_A_PAUSE = 0.26
"""At each comma, full stop and the like. These fit the offline voice within 0.3 s a prompt."""

SECONDS_AROUND = 0.09
SECONDS_A_BLANK = 1.5
"""A value read back: four digits, an amount, a date."""

Seconds = Callable[[PromptSegment], float]
"""How long a segment lasts, in seconds."""

_HAN = re.compile(r"[\u3400-\u9fff]")
_PAUSE = re.compile(r"[,.，。;；?？!！、:：]")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class PromptSeconds(Protocol):
    def __call__(self, prompt: Prompt | None, language: str) -> float: ...


def estimate(segment: PromptSegment) -> float:
    """By Mandarin characters and words of other languages."""
    characters = len(_HAN.findall(segment.text))
    words = len(_WORD.findall(_HAN.sub(" ", segment.text)))
    pauses = len(_PAUSE.findall(segment.text))
    return (
        characters * SECONDS_A_CHARACTER
        + words * SECONDS_A_WORD
        + pauses * SECONDS_A_PAUSE
        + SECONDS_AROUND
    )


def prompt_seconds(seconds: Seconds) -> PromptSeconds:
    """How long a whole prompt takes in a language, each computed once; nothing takes no time."""
    known: dict[tuple[str, str], float] = {}

    def of(prompt: Prompt | None, language: str) -> float:
        if prompt is None:
            return 0.0
        key = (prompt.name, language)
        if key not in known:
            known[key] = sum(
                seconds(segment_of(part)) if isinstance(part, Text) else SECONDS_A_BLANK
                for part in prompt.parts(language)
            )
        return known[key]

    return of
