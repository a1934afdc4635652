"""Mandarin clock times: "下午三点半", "差五分八点" -> 24-hour clock."""

import re

from ivr.dialogue.values.clock import PART_AM, PART_PM, time_value
from ivr.dialogue.values.corrections import pieces_zh
from ivr.dialogue.values.model import Value
from ivr.dialogue.values.numbers_zh import number
from ivr.dialogue.values.text import Heard, fold_mandarin

_PARTS = {
    "凌晨": "night", "半夜": "night", "深夜": "late", "后半夜": "night", "早上": PART_AM,
    "早晨": PART_AM, "清晨": PART_AM, "上午": PART_AM, "一早": PART_AM, "早": PART_AM,
    "中午": "noon", "午间": "noon", "下午": PART_PM, "午后": PART_PM, "傍晚": PART_PM,
    "晚上": "late",
    "夜里": "late", "夜间": "late",
    "晚": "late", "夜晚": "late",
}  # fmt: skip
_PART = rf"(?P<part>{'|'.join(sorted(_PARTS, key=len, reverse=True))})?的?"
_H = r"(?P<h>二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]|\d{1,2})"
_M = r"(?:[一二三四五六七八九]?十[一二三四五六七八九]?|零?[一二两三四五六七八九]|\d{1,2})"
_TO = rf"差(?P<to>{_M}分钟?|一刻钟?|{_M})(?:到|就)?"
_CLOCK = re.compile(
    rf"{_PART}(?:{_TO})?(?:(?P<low>[一二两三四五六七八九])(?=[二三四五六七八九]点"
    rf"|十点(?<!二十点)))?{_H}(?:点钟?|时)(?:整|过(?P<past>{_M})分?|(?P<half>半)"
    rf"|(?P<q>[一三])刻钟?"
    rf"|差(?P<less>{_M}|一刻)分?|零?(?P<m>{_M})分?(?![个月号点天年]))?"
    rf"|{_PART.replace('part', 'part2')}(?P<h2>\d{{1,2}}):(?P<m2>\d\d)"
    r"|(?P<noon>正午)|(?P<midnight>午夜|零时)"
)
_FILLERS = re.compile(r"嗯|呃|额|啊|那个|就是|,")
_NOT_TIME = re.compile(r"[一有]点(?:都|也|儿|不|小|问题|没|事)|差一点|晚点|早点")
_ABOUT = re.compile(r"左右|大概|大约|差不多|前后|多|来钟")


def parse(text: str) -> Value | None:
    """The time in the text; a corrected one keeps the part of the day named before."""
    part, found = "", None
    for heard in pieces_zh(fold_mandarin(text)):
        clean = heard.without(_FILLERS)
        match = _CLOCK.search(_NOT_TIME.sub(lambda m: "," * len(m[0]), clean.text))
        if match:
            part = _part(match) or part
            found = _value(match, part, clean) or found
    return found


def _part(match: re.Match[str]) -> str:
    said = match["part"] or match["part2"]
    return _PARTS[said] if said else ""


def _value(match: re.Match[str], part: str, heard: Heard) -> Value | None:
    start, end = heard.span(match.start(), match.end())
    rough = bool(_ABOUT.search(heard.text))
    if match["noon"] or match["midnight"]:
        return time_value(12 if match["noon"] else 0, 0, "24", start, end, rough)
    if match["h2"]:
        return time_value(int(match["h2"]), int(match["m2"]), part, start, end, rough)
    hour = int(number(match["low"] or match["h"]) or 0)
    rough = rough or bool(match["low"])
    minute = _minute(match)
    before = match["to"] or match["less"]
    if minute > 59:
        return None
    if before:
        minute = -_minutes(before)
    sure = "24" if match["h"] in ("零", "0") and not part else part
    return time_value(hour, minute, sure, start, end, rough)


def _minute(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["q"]:
        return 15 if match["q"] == "一" else 45
    said = match["m"] or match["past"]
    return _minutes(said) if said else 0


def _minutes(text: str) -> int:
    if "刻" in text:
        return 15
    bare = re.sub(r"分钟?", "", text)
    return int(number(bare.lstrip("零") or "零") or 0)
