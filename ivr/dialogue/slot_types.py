"""Slot types in a call: the words for each, how they are understood, and what makes them right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ivr.dialogue.spoken_values import (
    SpokenValue,
    amount_words,
    digit_words,
    spoken_amount,
    spoken_digits,
)

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def _digits(text: str, language: str) -> SpokenValue | None:
    found = spoken_digits(text, language)
    return found if found.value else None


def _id_digits(text: str, language: str) -> SpokenValue | None:
    """Digits with an X at the end, which people say as the letter."""
    plain = text.casefold().strip()
    ends_in_x = plain.endswith(("x", "叉"))
    found = _digits(plain[:-1] if ends_in_x else plain, language)
    return SpokenValue(found.value + "X", found.rest) if found and ends_in_x else found


def _id_words(language: str) -> tuple[str, ...]:
    return (*digit_words(language), "x")


def _right(value: str) -> str:
    return ""


def wrong_phone(value: str) -> str:
    """What is wrong with a mainland mobile number: 11 digits from 13 to 19."""
    return "" if value[:1] == "1" and value[1:2] in set("3456789") else "no mobile number"


def wrong_card(value: str) -> str:
    """What is wrong with a card number: its check digit (Luhn, ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(value)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return "" if total % 10 == 0 else "the check digit of the card is wrong"


def wrong_id(value: str) -> str:
    """What is wrong with an identity number: its check digit (GB 11643-1999)."""
    body, check = value[:17], value[17:]
    if not body.isdigit() or len(body) < 17:
        return "an identity number has 17 digits and a check digit"
    weighted = sum(int(d) * w for d, w in zip(body, _ID_WEIGHTS, strict=True))
    return "" if _ID_CHECKS[weighted % 11] == check else "the check digit is wrong"


@dataclass(frozen=True, slots=True)
class SlotType:
    """`words` are what must be heard, `understand` finds a value in a text, `wrong` judges it.

    `star` is what the star key stands for once a value is nearly whole.
    """

    words: Callable[[str], tuple[str, ...]] = digit_words
    understand: Callable[[str, str], SpokenValue | None] = _digits
    wrong: Callable[[str], str] = _right
    number: bool = False
    star: str = ""


TYPES: Mapping[str, SlotType] = {
    "digits": SlotType(),
    "amount": SlotType(amount_words, spoken_amount, number=True),
    "phone": SlotType(wrong=wrong_phone),
    "card_number": SlotType(wrong=wrong_card),
    "id_number": SlotType(_id_words, _id_digits, wrong_id, star="X"),
    "rating": SlotType(number=True),
}
