"""Prompt: what a node says, keyed by language, with blanks that a call fills.

A wording is text with `{slot}` or `{slot|how}`; `how` names a way of reading back
(`ivr.dialogue.readback`). Text between blanks is static and may have a recording.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ivr.flow.issues import Place
from ivr.flow.prompt import PromptSegment

MAX_PROMPT_CHARACTERS = 1000

_BLANK = re.compile(r"\{([^{}]*)\}")
_BLANK_BODY = re.compile(r"\s*([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)\s*(?:\|\s*([a-z_]+)\s*)?")
_SPEAKABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Text:
    """Words that are the same in every call; `recording` names their sound file."""

    text: str
    language: str
    recording: str


@dataclass(frozen=True, slots=True)
class Blank:
    """A value of this call; `how` is empty for the slot's own way of being read back."""

    slot: str
    how: str
    language: str


Part = Text | Blank


@dataclass(frozen=True, slots=True)
class Prompt:
    """`wordings` maps a language to its parts; the flow's default language is always there."""

    name: str
    wordings: Mapping[str, tuple[Part, ...]]
    place: Place

    def parts(self, language: str) -> tuple[Part, ...]:
        """The wording in this language, else in the flow's default (the first written)."""
        found = self.wordings.get(language)
        return found if found is not None else next(iter(self.wordings.values()), ())

    @property
    def blanks(self) -> Iterator[Blank]:
        for parts in self.wordings.values():
            yield from (part for part in parts if isinstance(part, Blank))

    @property
    def statics(self) -> Iterator[PromptSegment]:
        """Everything that can be recorded or synthesised before a call."""
        for parts in self.wordings.values():
            for part in parts:
                if isinstance(part, Text):
                    yield segment_of(part)


def segment_of(text: Text) -> PromptSegment:
    return PromptSegment(text.text, text.language, text.recording)


def wording(name: str, pieces: list[tuple[str, str]]) -> tuple[Part, ...]:
    """Cut (text, language) pieces at their blanks and name what can be recorded.

    Raises:
        ValueError: for a brace that is no blank, an empty text, or one that is too long.
    """
    if sum(len(text) for text, _ in pieces) > MAX_PROMPT_CHARACTERS:
        raise ValueError(f"a prompt holds at most {MAX_PROMPT_CHARACTERS} characters")
    found: list[tuple[str, str] | Blank] = []
    for text, language in pieces:
        found += _cut(" ".join(text.split()), language)
    count = sum(not isinstance(part, Blank) for part in found)
    if not found:
        raise ValueError("a prompt says something")
    parts: list[Part] = []
    for part in found:
        if isinstance(part, Blank):
            parts.append(part)
        else:
            static = sum(isinstance(made, Text) for made in parts) + 1
            alone = count == 1 and len(found) == 1
            parts.append(Text(*part, recording=name if alone else f"{name}.{static}"))
    return tuple(parts)


def _cut(text: str, language: str) -> list[tuple[str, str] | Blank]:
    parts: list[tuple[str, str] | Blank] = []
    end = 0
    for blank in _BLANK.finditer(text):
        parts += _spoken(text[end : blank.start()], language)
        body = _BLANK_BODY.fullmatch(blank[1])
        if body is None:
            raise ValueError(f'"{blank[0]}" is no blank; write {{slot}} or {{slot|how}}')
        parts.append(Blank(body[1], body[2] or "", language))
        end = blank.end()
    return parts + _spoken(text[end:], language)


def _spoken(text: str, language: str) -> list[tuple[str, str] | Blank]:
    """Static text; punctuation alone is not worth a sound file."""
    if "{" in text or "}" in text:
        raise ValueError("a brace stands alone; write {slot} or {slot|how}")
    return (
        [(text.lstrip(" ,.;:!?，。；：！？、").rstrip(), language)]
        if _SPEAKABLE.search(text)
        else []
    )
