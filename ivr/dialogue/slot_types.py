"""Slot types in a call: the words for each, how they are understood, and what makes them right."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from ivr.dialogue.spoken_values import amount_words, digit_words
from ivr.dialogue.state import Value
from ivr.dialogue.values import grammar_words
from ivr.dialogue.values.strings import id_check, luhn


def _own_words(kind: str) -> Callable[[str], tuple[str, ...]]:
    return lambda language: grammar_words(kind, language)


def _id_words(language: str) -> tuple[str, ...]:
    return (*digit_words(language), "x")


def _right(value: str) -> str:
    return ""


def wrong_phone(value: str) -> str:
    """What is wrong with a mainland mobile number: 11 digits from 13 to 19."""
    return "" if value[:1] == "1" and value[1:2] in set("3456789") else "no mobile number"


def wrong_card(value: str) -> str:
    """What is wrong with a card number: its check digit (Luhn, ISO/IEC 7812-1)."""
    return "" if luhn(value) else "the check digit of the card is wrong"


def wrong_id(value: str) -> str:
    """What is wrong with an identity number: its check digit (GB 11643-1999)."""
    body, check = value[:17], value[17:]
    if not body.isdigit() or len(body) < 17:
        return "an identity number has 17 digits and a check digit"
    return "" if id_check(body) == check else "the check digit is wrong"


def keyed_date(keys: str) -> str:
    """20261203 as 2026-12-03; "" if there is no such day."""
    try:
        return str(date(int(keys[:4]), int(keys[4:6]), int(keys[6:])))
    except ValueError:
        return ""


def keyed_time(keys: str) -> str:
    """1530 as 15:30; "" if there is no such time."""
    return f"{keys[:2]}:{keys[2:]}" if int(keys[:2]) < 24 and int(keys[2:]) < 60 else ""


def keyed_answer(keys: str) -> str:
    """1 as yes, 2 as no."""
    return {"1": "yes", "2": "no"}.get(keys, "")


@dataclass(frozen=True, slots=True)
class SlotType:
    """`words` are what must be heard; `wrong` judges a value of digits.

    `star` is what the star key stands for once a value is nearly whole. `keyed`, if given, turns
    keys into a value that is no mere digits; nothing comes of wrong ones.
    """

    words: Callable[[str], tuple[str, ...]] = digit_words
    wrong: Callable[[str], str] = _right
    number: bool = False
    star: str = ""
    keyed: Callable[[str], str] | None = None

    @property
    def by_digits(self) -> bool:
        """Whether a value is so many digits, one by one."""
        return self.keyed is None and not self.number


TYPES: Mapping[str, SlotType] = {
    "digits": SlotType(),
    "amount": SlotType(amount_words, number=True),
    "phone": SlotType(wrong=wrong_phone),
    "card_number": SlotType(wrong=wrong_card),
    "id_number": SlotType(_id_words, wrong_id, star="X"),
    "date": SlotType(_own_words("date"), keyed=keyed_date),
    "time": SlotType(_own_words("time"), keyed=keyed_time),
    "yes_no": SlotType(_own_words("yes_no"), keyed=keyed_answer),
    "rating": SlotType(number=True),
}


def kept(kind: str, value: str) -> Value:
    """A value as it stands in its slot: a number, a flag, or the text it is."""
    if kind == "yes_no":
        return value == "yes"
    if not TYPES[kind].number:
        return value
    return float(value) if "." in value else int(value)
