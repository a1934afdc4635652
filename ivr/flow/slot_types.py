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
    "date": Shape(8, 8, fixed=True),
    "time": Shape(4, 4, fixed=True),
    "yes_no": Shape(1, 1, fixed=True),
    "rating": Shape(1, 1, fixed=True),
}
"""An amount is a number of yuan, a rating one digit, yes_no a flag. A date is kept as 2026-12-03
(keyed 20261203), a time as 15:30 (keyed 1530); all others keep their digits as text."""

HELD_FROM = 8
"""Digits of a value from which on a part of it is kept, and the caller asked for the rest."""
