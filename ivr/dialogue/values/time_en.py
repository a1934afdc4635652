"""English clock times: "half past three", "quarter to five in the evening" -> 24-hour clock."""

import re

from ivr.dialogue.values.clock import PART_AM, PART_PM, time_value
from ivr.dialogue.values.corrections import pieces_en
from ivr.dialogue.values.model import Value
from ivr.dialogue.values.text import Word, english_words, listed

_HOURS = {
    word: i
    for i, word in enumerate(
        listed(
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
            " fifteen sixteen seventeen eighteen nineteen twenty"
        )
    )
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_UNIT = "one|two|three|four|five|six|seven|eight|nine"
_H = rf"(?:twenty (?:one|two|three)|{'|'.join(sorted(_HOURS, key=len, reverse=True))}|\d{{1,2}})"
_M = (
    rf"(?:(?:twenty|thirty|forty|fifty)(?: (?:{_UNIT}))?|(?:oh|o|zero) (?:{_UNIT})|ten|eleven"
    rf"|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:{_UNIT})|[0-5]?\d)"
)
_PART = (
    r"(?: ?(?P<part>am|pm|a m|p m|(?:in the |this |tomorrow |yesterday )?(?:morning|afternoon"
    r"|evening)|(?:at |to)night|at noon))?"
)
_OCLOCK = r"(?: o'?clock| oclock| sharp| hundred(?: hours)?| hours)?"
_CLOCK = re.compile(
    rf"\b(?:(?P<twelve>twelve )?(?P<fixed>noon|midday|midnight)"
    rf"|(?:a )?(?P<gap>half|quarter|{_M})(?: minutes?)? (?P<way>past|after|to|till|of|before)"
    rf" (?P<h>{_H}){_OCLOCK}"
    rf"|(?P<h24>\d{{1,2}}):(?P<m24>\d\d)|half (?P<hh>{_H})"
    rf"|(?P<at>at )?(?:oh )?(?P<h2>{_H})(?: (?P<m2>{_M}))?(?P<oclock>{_OCLOCK})"
    rf"){_PART}(?!\w)"
)
_PARTS = {"am": PART_AM, "a m": PART_AM, "pm": PART_PM, "p m": PART_PM}
_ABOUT = re.compile(r"\b(?:about|around|roughly|approximately|ish)\b")


def parse(text: str) -> Value | None:
    """The time in the text; a corrected one keeps the part of the day named before."""
    part, found = "", None
    for words in pieces_en(english_words(text)):
        joined, where = _joined(words)
        for match in _CLOCK.finditer(joined):
            own = _part(match["part"])
            value = _value(match, own or part, where, joined)
            if value:
                part, found = own or part, value
                break
    return found


def _joined(words: list[Word]) -> tuple[str, list[tuple[int, int]]]:
    text, where = "", []
    for word in words:
        if word.text in (",", "um", "uh"):
            continue
        if text:
            text += " "
            where.append((word.start, word.start))
        text += word.text
        where.extend([(word.start, word.end)] * len(word.text))
    return text, where


def _part(said: str | None) -> str:
    if not said:
        return ""
    if said in _PARTS:
        return _PARTS[said]
    if "morning" in said:
        return PART_AM
    return "late" if "night" in said else PART_PM


def _value(
    match: re.Match[str], part: str, where: list[tuple[int, int]], text: str
) -> Value | None:
    start, end = where[match.start()][0], where[match.end() - 1][1]
    rough = bool(_ABOUT.search(text))
    if match["fixed"]:
        hour = 0 if match["fixed"] == "midnight" else 12
        return time_value(hour, 0, "24", start, end, rough)
    if match["gap"]:
        minute = {"half": 30, "quarter": 15}.get(match["gap"]) or _number(match["gap"])
        sign = 1 if match["way"] in ("past", "after") else -1
        return time_value(_number(match["h"]), sign * minute, part, start, end, rough)
    if match["h24"]:
        return time_value(int(match["h24"]), int(match["m24"]), part, start, end, rough)
    if match["hh"]:
        return time_value(_number(match["hh"]), 30, part, start, end, rough)
    minute = _number(match["m2"]) if match["m2"] else 0
    part = part or ("24" if "hundred" in match["oclock"] else "")
    if not (match["m2"] or match["oclock"] or match["part"] or match["at"] or part):
        return None
    return time_value(_number(match["h2"]), minute, part, start, end, rough)


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    total = 0
    for word in text.split():
        total += _TENS.get(word, 0) or _HOURS.get(word, 0)
    return total
