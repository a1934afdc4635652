"""Readback: a value of this call -> the words in which a person reads it back."""

from collections.abc import Callable

from ivr.dialogue.values import say

MASK_SHOWS = 4
"""Last digits of a card or account that may be said aloud."""


def as_text(value: str, language: str) -> str:
    return value


def as_digits(value: str, language: str) -> str:
    """One by one: "1234" is "1 2 3 4"."""
    return " ".join(value)


def as_money(value: str, language: str) -> str:
    """A plain number of yuan, which every voice reads as an amount."""
    unit = "元" if language == "zh" else " yuan"
    return f"{value}{unit}"


def as_masked(value: str, language: str) -> str:
    """Only the last digits, one by one."""
    last = as_digits(value[-MASK_SHOWS:], language)
    return f"尾号 {last}" if language == "zh" else f"ending in {last}"


def as_spoken(kind: str) -> Callable[[str, str], str]:
    """As people say such a value; a text that is none is read as it is."""

    def said(value: str, language: str) -> str:
        try:
            return say(kind, value, language)
        except ValueError:
            return value

    return said


def as_answer(value: str, language: str) -> str:
    """A flag as yes or no."""
    known = {"True": "yes", "False": "no"}
    return as_spoken("yes_no")(known.get(value, value), language)


WAYS: dict[str, Callable[[str, str], str]] = {
    "text": as_text,
    "digits": as_digits,
    "money": as_money,
    "masked": as_masked,
    "date": as_spoken("date"),
    "time": as_spoken("time"),
    "phone": as_spoken("phone"),
    "yes_no": as_answer,
}
"""What may stand after the bar of a blank: `{card|masked}`."""

WAY_OF_TYPE = {
    "digits": "digits",
    "amount": "money",
    "date": "date",
    "time": "time",
    "phone": "phone",
    "yes_no": "yes_no",
}


def read_back(value: object, how: str, slot_type: str, language: str) -> str:
    """Words for a value; `how` may be empty for the usual way of its type.

    An unknown way reads the text as it is; `ivr.flow.lint` reports it beforehand.
    """
    way = WAYS.get(how or WAY_OF_TYPE.get(slot_type, "text"), as_text)
    return way("" if value is None else str(value), language)
