"""Spoken values: the words people say for digits and amounts -> the value meant."""

import re
from dataclasses import dataclass, field

_DIGITS = {
    "zh": {
        "零": "0", "〇": "0", "洞": "0", "一": "1", "幺": "1", "二": "2", "两": "2", "三": "3",
        "四": "4", "五": "5", "六": "6", "七": "7", "八": "8", "九": "9",
    },
    "en": {
        "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4",
        "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    },
}  # fmt: skip

_HEARD_DIGITS = {
    "zh": ("零", "一", "幺", "二", "两", "三", "四", "五", "六", "七", "八", "九"),
    "en": ("zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}

_AROUND = {
    "zh": re.compile(
        r"我的|银行卡|卡号|号码|尾号|后四位|最后四位|最后|后面|四位数?|数字|金额|应该|就是"
        r"|是|的|卡|嗯|啊|呃|那个|元|块钱?|人民币|大概|左右"
    ),
    "en": re.compile(
        r"\b(?:it's|it is|its|is|my|the|card|number|last|digits|ends|ending|in|with|and|amount"
        r"|um|uh|yuan|rmb|about|please)\b"
    ),
}

_ZH_UNITS = {"十": 10, "百": 100, "千": 1000}
_ZH_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_EN_SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_EN_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_EN_SCALES = {"thousand": 1000, "grand": 1000, "million": 1_000_000}

_BETWEEN = re.compile(r"[\s,，。.、;-]+")


@dataclass(frozen=True, slots=True)
class SpokenValue:
    """A value and what of the utterance was not part of it."""

    value: str = field(metadata={"private": True})
    rest: str = field(default="", metadata={"private": True})


def digit_words(language: str) -> tuple[str, ...]:
    """The words a recogniser must know to hear digits one by one."""
    return _HEARD_DIGITS.get(language, _HEARD_DIGITS["en"])


def amount_words(language: str) -> tuple[str, ...]:
    """The words a recogniser must know to hear amounts of money."""
    if language == "zh":
        return (*digit_words("zh"), "十", "百", "千", "万", "块", "元")
    return (*_EN_SMALL, *_EN_TENS, "hundred", "thousand", "and", "yuan")


def spoken_digits(text: str, language: str) -> SpokenValue:
    """All digits of an utterance in their order; `rest` is what was neither digit nor usual talk.

    Written digits ("1234") count as spoken.
    """
    rest = text.casefold()
    around = _AROUND.get(language)
    if around is not None:
        rest = around.sub(" ", rest)
    words = _DIGITS.get(language, _DIGITS["en"])
    pieces = [c if not c.isspace() else " " for c in rest] if language == "zh" else rest.split()
    value, strange = "", []
    for piece in pieces:
        if piece in words:
            value += words[piece]
        elif piece.isascii() and piece.strip("-").isdigit():
            value += piece.replace("-", "")
        else:
            strange.append(piece)
    joined = ("" if language == "zh" else " ").join(strange)
    return SpokenValue(value, _BETWEEN.sub(" ", joined).strip())


def spoken_amount(text: str, language: str) -> SpokenValue | None:
    """A whole amount as decimal digits ("三千五" is 3500); None if there is no amount."""
    plain = text.casefold().replace(",", "")
    around = _AROUND.get(language)
    if around is not None:
        plain = around.sub(" ", plain)
    value = _zh_amount("".join(plain.split())) if language == "zh" else _en_amount(plain.split())
    return None if value is None else SpokenValue(str(value))


def _zh_amount(text: str) -> int | None:
    total = section = number = 0
    last_unit = 1
    seen = False
    at = 0
    while at < len(text):
        char = text[at]
        written = re.match(r"\d{1,9}", text[at:])
        if written:
            number, seen, at = int(written[0]), True, at + len(written[0])
            last_unit = 1 if at >= len(text) and number > 9 else last_unit
            continue
        at += 1
        if char in _DIGITS["zh"]:
            number, seen = int(_DIGITS["zh"][char]), True
            last_unit = 1 if char == "零" else last_unit
        elif char in _ZH_UNITS:
            section += (number or 1) * _ZH_UNITS[char]
            number, last_unit, seen = 0, _ZH_UNITS[char], True
        elif char in _ZH_MYRIADS:
            total = (
                (total + section + number) * _ZH_MYRIADS[char] if total + section + number else 0
            )
            section, number, last_unit = 0, 0, _ZH_MYRIADS[char]
        else:
            return None
    if not seen:
        return None
    tail = number * (last_unit // 10) if last_unit > 10 and number else number
    return total + section + tail


def _en_amount(words: list[str]) -> int | None:
    total = current = 0
    seen = False
    for word in words:
        if word.isascii() and word.isdigit() and len(word) <= 9:
            current += int(word)
        elif word in _EN_SMALL or word in _EN_TENS:
            current += _EN_SMALL.get(word, _EN_TENS.get(word, 0))
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word in _EN_SCALES:
            total += max(current, 1) * _EN_SCALES[word]
            current = 0
        elif word not in ("a", "and"):
            return None
        else:
            continue
        seen = True
    return total + current if seen else None
