"""Mandarin words for a value, as a person reads it aloud."""

from datetime import date
from decimal import Decimal

_PLAIN = "零一二三四五六七八九"
_SAID = "零幺二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))
_CURRENCIES = {
    "USD": "美元", "EUR": "欧元", "GBP": "英镑", "JPY": "日元", "HKD": "港币", "KRW": "韩元",
    "AUD": "澳元", "CAD": "加元", "TWD": "台币", "SGD": "新加坡元",
    "CHF": "瑞士法郎", "THB": "泰铢", "RUB": "卢布", "MOP": "澳门元",
}  # fmt: skip


def digits(text: str) -> str:
    """One by one, 幺 for 1: "138" is "幺三八"; other signs stay."""
    return "".join(_SAID[int(sign)] if sign in "0123456789" else sign for sign in text)


def grouped(groups: list[str]) -> str:
    return "，".join(digits(group) for group in groups)


def cardinal(number: int) -> str:
    """The full form: 10500 is "一万零五百"."""
    for unit, sign in ((100_000_000, "亿"), (10_000, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return cardinal(high) + sign + gap + (_section(low) if low else "")
    return _section(number)


def _section(number: int) -> str:
    if number >= 10_000:
        return cardinal(number)
    if number < 10:
        return _PLAIN[number]
    said, gap = "", False
    for unit, sign in _UNITS:
        count, number = divmod(number, unit)
        if count:
            said += ("零" if gap else "") + _PLAIN[count] + sign
            gap = False
        elif said:
            gap = True
    if number:
        said += ("零" if gap else "") + _PLAIN[number]
    return said.removeprefix("一") if said.startswith("一十") else said


def decimal(value: Decimal) -> str:
    whole, _, fraction = format(value, "f").partition(".")
    said = cardinal(int(whole))
    return said + "点" + "".join(_PLAIN[int(d)] for d in fraction) if fraction else said


def amount(value: Decimal, unit: str) -> str:
    """Yuan, jiao and fen; other currencies as a decimal number."""
    cents = value * 100
    if unit not in ("", "CNY"):
        return decimal(value) + _CURRENCIES.get(unit, unit)
    if not unit or cents != int(cents):
        return decimal(value) + ("元" if unit else "")
    whole, rest = divmod(int(cents), 100)
    said = cardinal(whole) + "元" if whole or not rest else ""
    if rest // 10:
        said += _PLAIN[rest // 10] + "角"
    elif rest and whole:
        said += "零"
    return said + (
        _PLAIN[rest % 10] + "分" + ("" if whole or rest // 10 else "钱") if rest % 10 else ""
    )


def day(value: date) -> str:
    year = "".join(_PLAIN[int(d)] for d in f"{value.year:04}")
    return f"{year}年{cardinal(value.month)}月{cardinal(value.day)}号"


def span(first: date, last: date) -> str:
    return f"{day(first)}到{day(last)}"


def time(hour: int, minute: int) -> str:
    part, shown = _part(hour)
    said = f"{part}{'两' if shown == 2 else cardinal(shown)}点"
    if minute == 0:
        return said + ("整" if part == "凌晨" and shown == 0 else "")
    if minute == 30:
        return said + "半"
    return said + ("零" if minute < 10 else "") + cardinal(minute) + "分"


def _part(hour: int) -> tuple[str, int]:
    if hour < 6:
        return "凌晨", hour
    if hour < 12:
        return "上午", hour
    if hour == 12:
        return "中午", hour
    return ("下午", hour - 12) if hour < 18 else ("晚上", hour - 12)


def percent(value: Decimal) -> str:
    return "百分之" + decimal(value)
