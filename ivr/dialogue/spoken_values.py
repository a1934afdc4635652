"""Spoken digits and amounts for the engine's slots, understood by `ivr.dialogue.values`."""

import re
from dataclasses import dataclass, field

from ivr.dialogue.values import Value, digits_en, digits_zh, grammar_words, parse
from ivr.dialogue.values.tokens import Sort, runs

_HEARD_DIGITS = {
    "zh": ("零", "一", "幺", "二", "两", "三", "四", "五", "六", "七", "八", "九"),
    "en": ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SpokenValue:
    """A value and what of the utterance was not part of it."""

    value: str = field(metadata={"private": True})
    rest: str = field(default="", metadata={"private": True})


def digit_words(language: str) -> tuple[str, ...]:
    """The words a recogniser must know to hear digits one by one."""
    return _HEARD_DIGITS.get(language, _HEARD_DIGITS["en"])


def amount_words(language: str) -> tuple[str, ...]:
    """The words a recogniser must know to hear amounts of money."""
    return grammar_words("amount", language)


def spoken_digits(text: str, language: str) -> SpokenValue:
    """All digits of an utterance as corrected; `rest` is what was neither digit nor usual talk.

    Written digits ("1234") count as spoken.
    """
    tokens = digits_zh.tokens(text) if language == "zh" else digits_en.tokens(text)
    value = "".join(run.digits for run in runs(tokens))
    strange = [text[token.start : token.end] for token in tokens if token.sort is Sort.STRANGE]
    rest = ("" if language == "zh" else " ").join(strange)
    return SpokenValue(value, _BLANKS.sub(" ", rest).strip())


def spoken_amount(text: str, language: str) -> SpokenValue | None:
    """A whole amount as decimal digits ("三千五" is 3500); None if there is no amount.

    An amount with a fraction ("三毛五") is None too: the engine's slots hold whole numbers.
    `ivr.dialogue.values.parse` understands it.
    """
    found = parse("amount", text, language)
    if not isinstance(found, Value) or "." in found.normal:
        return None
    return SpokenValue(found.normal)
