"""Slot types: what a collect node may ask for, and how long such a value is."""

from collections.abc import Mapping
from dataclasses import dataclass

MAX_SLOT_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Shape:
    """Digits of a value, unless the node says otherwise; `fixed` types cannot be told otherwise."""

    shortest: int
    longest: int
    fixed: bool = False


SLOT_TYPES: Mapping[str, Shape] = {
    "digits": Shape(1, MAX_SLOT_DIGITS),
    "amount": Shape(1, 9),
    "phone": Shape(11, 11, fixed=True),
    "card_number": Shape(13, 19, fixed=True),
    "id_number": Shape(18, 18, fixed=True),
    "rating": Shape(1, 1, fixed=True),
}
"""An amount is a whole number of yuan; a rating one digit; all others keep their digits as text."""
