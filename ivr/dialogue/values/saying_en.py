"""English words for a value, as a person reads it aloud."""

from datetime import date
from decimal import Decimal

from ivr.dialogue.values.text import listed

_SMALL = listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
_TENS = listed("_ _ twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"))
_CURRENCIES = {
    "CNY": ("yuan", "yuan"), "USD": ("dollar", "dollars"), "GBP": ("pound", "pounds"),
    "EUR": ("euro", "euros"), "JPY": ("yen", "yen"),
    "HKD": ("Hong Kong dollar", "Hong Kong dollars"),
}  # fmt: skip
_MONTHS = listed(
    "January February March April May June July August September October November December"
)
_ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def digits(text: str) -> str:
    """One by one: "138" is "one three eight"; other signs stay."""
    return " ".join(_SMALL[int(sign)] if sign in "0123456789" else sign for sign in text)


def grouped(groups: list[str]) -> str:
    return ", ".join(digits(group) for group in groups)


def cardinal(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, unit = divmod(number, 10)
        return _TENS[tens] + (f" {_SMALL[unit]}" if unit else "")
    if number < 1000:
        high, rest = divmod(number, 100)
        return f"{_SMALL[high]} hundred" + (f" and {cardinal(rest)}" if rest else "")
    scale, name = next(pair for pair in _SCALES if number >= pair[0])
    high, rest = divmod(number, scale)
    joint = " and " if 0 < rest < 100 else " "
    return f"{cardinal(high)} {name}" + (joint + cardinal(rest) if rest else "")


def decimal(value: Decimal) -> str:
    whole, _, fraction = format(value, "f").partition(".")
    said = cardinal(int(whole))
    return f"{said} point {digits(fraction)}" if fraction else said


def amount(value: Decimal, unit: str) -> str:
    if not unit:
        return decimal(value)
    one, many = _CURRENCIES.get(unit, (unit, unit))
    return f"{decimal(value)} {one if value == 1 else many}"


def day(value: date) -> str:
    ending = _ORDINALS.get(value.day, "th")
    return f"{_MONTHS[value.month - 1]} {value.day}{ending} {value.year}"


def span(first: date, last: date) -> str:
    return f"from {day(first)} to {day(last)}"


def time(hour: int, minute: int) -> str:
    if (hour, minute) in ((0, 0), (12, 0)):
        return "midnight" if hour == 0 else "noon"
    shown = cardinal((hour - 1) % 12 + 1)
    low = f" oh {_SMALL[minute]}" if 0 < minute < 10 else f" {cardinal(minute)}" if minute else ""
    return f"{shown}{low} {'am' if hour < 12 else 'pm'}"


def percent(value: Decimal) -> str:
    return decimal(value) + " percent"
