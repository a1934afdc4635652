"""Saying a value back: what `parse` understands again, and what a caller hears for a check."""

from datetime import date
from decimal import Decimal
from types import ModuleType

from ivr.dialogue.values import saying_en, saying_zh
from ivr.dialogue.values.model import Value

_YES_NO = {"zh": {"yes": "是的", "no": "不是"}, "en": {"yes": "yes", "no": "no"}}
_STRINGS = ("digits", "id_number", "card_number", "phone", "plate", "letters")


def read_back(value: Value, language: str) -> str:
    """How to read a value back: "幺三八，零零幺三，八零零零", "about three thousand yuan"."""
    about = {"zh": "大约", "en": "about "}[_known(language)] if value.approximate else ""
    return about + say(value.kind, value.normal, language, value.unit)


def say(kind: str, normal: str, language: str, unit: str = "") -> str:
    """The words for a normal form, in "zh" or "en" (the default).

    Raises ValueError where `normal` is not a normal form of this kind.
    """
    words: ModuleType = saying_zh if language == "zh" else saying_en
    if kind in _STRINGS:
        return str(words.grouped(groups(kind, normal)))
    if kind == "yes_no":
        if normal not in ("yes", "no"):
            raise ValueError("a yes_no value is yes or no")
        return _YES_NO[_known(language)][normal]
    if kind == "amount":
        return str(words.amount(_number(normal), unit))
    if kind == "percent":
        return str(words.percent(_number(normal)))
    if kind == "date":
        return str(words.day(date.fromisoformat(normal)))
    if kind == "span":
        first, _, last = normal.partition("/")
        return str(words.span(date.fromisoformat(first), date.fromisoformat(last)))
    if kind == "time":
        hour, _, minute = normal.partition(":")
        return str(words.time(int(hour), int(minute)))
    raise ValueError(f"no kind of spoken value named {kind!r}")


def groups(kind: str, text: str) -> list[str]:
    """As people group them: cards by four, mobiles 3-4-4, identity numbers 6-4-4-4."""
    sizes = {
        "id_number": (6, 4, 4, 4),
        "card_number": (4,) * 5,
        "plate": (2, 6),
    }.get(kind, (3, 4, 4, 4) if len(text) == 11 else (4,) * (len(text) // 4 + 1))
    found = []
    for size in sizes:
        found.append(text[:size])
        text = text[size:]
    return [group for group in found if group]


def _known(language: str) -> str:
    return "zh" if language == "zh" else "en"


def _number(normal: str) -> Decimal:
    value = Decimal(normal) if normal.replace(".", "", 1).isdecimal() else None
    if value is None:
        raise ValueError("not a plain decimal number")
    return value
