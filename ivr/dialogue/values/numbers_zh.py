"""Mandarin numbers: "十万零五百", "1万2", "三点五万" -> Decimal."""

import re
from decimal import Decimal

D = "[零一二两三四五六七八九幺]"
_VALUE = {char: i for i, char in enumerate("零一二三四五六七八九")} | {"两": 2, "幺": 1}
NUMBER = (
    r"(?:\d++(?:\.\d++)?|[零一二两三四五六七八九十百千万亿幺]"
    r"|(?<=[零一二两三四五六七八九十百千万亿幺])点(?=[零一二三四五六七八九])"
    r"|个(?=[亿万]))+"
)
"""Pattern of what may be a number; `number` decides."""

_MAX_DIGITS = 13
_SMALL = re.compile(
    rf"(?:(?P<k>{D}|\d+(?:\.\d+)?)?千)?(?P<zk>零)?(?:(?P<h>{D}|\d+(?:\.\d+)?)?百)?(?P<zh>零)?"
    rf"(?:(?P<t>{D}|\d+)?十)?(?P<zt>零)?(?P<u>{D}|\d{{1,3}})?"
)
_MYRIADS = (("亿", Decimal(100_000_000)), ("万", Decimal(10_000)))


def digit(char: str) -> int:
    """0 to 9 of one character; ValueError if it is none."""
    return _VALUE[char] if char in _VALUE else int(char)


def number(text: str) -> Decimal | None:
    """The number that the whole text says; None if it says none.

    A last digit right after a unit counts the next lower one: "三千五" is 3500.
    """
    text = text.replace("个", "")
    whole, point, fraction = text.rpartition("点")
    if point and whole[-1:] in ("万", "亿", "千"):
        return _decimal(whole, fraction)
    for sign, unit in _MYRIADS:
        head, found, tail = text.rpartition(sign)
        if found:
            return _with_myriad(head, tail, unit)
    return _small(text)


def _with_myriad(head: str, tail: str, unit: Decimal) -> Decimal | None:
    high = Decimal("0.5") if head == "半" else number(head) if head else Decimal(1)
    if high is None or (not head and not tail):
        return None
    if not tail:
        return high * unit
    if len(tail) == 1 and (tail in _VALUE or tail.isdigit()):
        return high * unit + digit(tail) * unit / 10
    if tail[0] == "零" and len(tail) == 1:
        return None
    low = number(tail.lstrip("零"))
    return high * unit + low if low is not None and low < unit else None


def _small(text: str) -> Decimal | None:
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        return Decimal(text) if len(text) <= _MAX_DIGITS else None
    whole, point, fraction = text.partition("点")
    if point:
        return _decimal(whole, fraction)
    if len(text) > 1 and re.fullmatch(rf"(?:{D}|\d)+", text):
        plain = "".join(str(digit(char)) for char in text)
        return Decimal(plain) if len(plain) <= _MAX_DIGITS else None
    match = _SMALL.fullmatch(text)
    return _of_units(match) if match and text else None


def _decimal(whole: str, fraction: str) -> Decimal | None:
    head = number(whole)
    if head is None or not fraction or not re.fullmatch(rf"(?:{D}|\d)+", fraction):
        return None
    return head + Decimal("0." + "".join(str(digit(char)) for char in fraction[:_MAX_DIGITS]))


def _of_units(match: re.Match[str]) -> Decimal | None:
    text = match[0]
    total, last = Decimal(0), 1
    for name, sign, unit in (("k", "千", 1000), ("h", "百", 100), ("t", "十", 10)):
        if sign in text:
            total += _of(match[name]) * unit
            last = unit
    if match["u"]:
        spoken = _of(match["u"])
        zero = match["zk"] or match["zh"] or match["zt"]
        lower = last // 10 if last > 10 and len(match["u"]) == 1 and not zero else 1
        total += spoken * lower
    elif text in ("百", "千"):
        return None
    return total


def _of(text: str | None) -> Decimal:
    if not text:
        return Decimal(1)
    return Decimal(_VALUE[text]) if text in _VALUE else Decimal(text)


def plain(value: Decimal) -> str:
    """Without exponent or needless zeros: "3500", "0.35"."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
