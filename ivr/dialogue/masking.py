"""Masking: what a caller said or keyed, made fit for screens that others see."""

import re

SHOWN_DIGITS = 4
"""Of a longer number the last four are shown, which is what agents compare."""

_NUMBER = re.compile(r"(?:[0-9〇零一二两三四五六七八九幺][ -]?){5,}[Xx]?")
_DIGIT = re.compile(r"[0-9〇零一二两三四五六七八九幺]")
_CALLERS_OWN = re.compile(r'"[^"]*"|(?<![\d.])\d{2,}(?!\d|\.\d| s\b)')


def without_digits(text: str) -> str:
    """`text` with every digit hidden: supervisors' screens are seen by more than the caller meant.

    The short numerals of ordinary words go too, which is the price of missing none.
    """
    return _DIGIT.sub("•", text)


def reason_without_digits(text: str) -> str:
    """A reason without what the caller said or keyed: that stands in quotes, or is a long number.

    Scores ("0.97") and spans of time ("12 s") are ours, and stay.
    """
    return _CALLERS_OWN.sub(lambda found: without_digits(found[0]), text)


def without_long_numbers(text: str) -> str:
    """`text` with every number of five digits or more hidden but for its last four.

    For the agent who takes the call and must compare a card or a telephone number.
    """
    return _NUMBER.sub(lambda found: last_digits(found[0]), text)


def last_digits(number: str) -> str:
    """A number of which only the last four digits are shown; one no longer than that, not at all.

    Blanks and hyphens are left out.
    """
    plain = number.replace(" ", "").replace("-", "")
    shown = plain[-SHOWN_DIGITS:] if len(plain) > SHOWN_DIGITS else ""
    return "*" * (len(plain) - len(shown)) + shown
