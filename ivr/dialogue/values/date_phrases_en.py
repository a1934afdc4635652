"""English phrases that name days, as patterns; `ivr.dialogue.values.date_en` gives them sense."""

import re
from collections.abc import Iterable

from ivr.dialogue.values.text import listed

MONTHS = listed(
    "january february march april may june july august september october november december"
)
WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_CARDINALS = listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen"
)
SMALL = {word: i + 1 for i, word in enumerate(_CARDINALS)}
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
COUNTS = {
    **SMALL, "a": 1, "an": 1, "couple": 2, "few": 3, "twenty": 20, "thirty": 30, "sixty": 60,
    "ninety": 90,
}  # fmt: skip
AHEAD = {
    "last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "": 0, "next": 1,
    "coming": 1, "following": 1,
}  # fmt: skip
NEAR_DAYS = {"today": 0, "now": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
FEAST_DAYS = {
    "new year's eve": (12, 31), "new year's day": (1, 1), "new years day": (1, 1),
    "christmas eve": (12, 24), "christmas day": (12, 25), "christmas": (12, 25),
    "valentine's day": (2, 14),
}  # fmt: skip


def _any(words: Iterable[str]) -> str:
    """One of the words, the longest that fits."""
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


def _rule(source: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{source})\b")


_UNIT_DIGIT = _any(_CARDINALS[:9])
_M = _any([*MONTHS, *(name[:3] for name in MONTHS), "sept"])
_W = _any([*WEEKDAYS, *(name[:3] for name in WEEKDAYS)])
_ORD = (
    rf"(?:(?:twenty|thirty) {_any(ORDINALS[:9])}|{_any(ORDINALS)}|thirtieth"
    r"|\d{1,2}(?: ?(?:st|nd|rd|th)))"
)
_CARD = rf"(?:(?:twenty|thirty) {_UNIT_DIGIT}|{_any(SMALL)}|thirty|twenty|\d{{1,2}}(?!\d))"
_YEAR_WORDS = (
    rf"(?:\d{{4}}|nineteen {_any([*SMALL, *TENS])}(?: {_UNIT_DIGIT})?"
    rf"|twenty (?:oh {_UNIT_DIGIT}|(?:twenty|thirty)(?: {_UNIT_DIGIT})?|{_any(_CARDINALS[9:])})"
    rf"|two thousand(?: and)?(?: {_any([*TENS, *SMALL])})?(?: {_UNIT_DIGIT})?)"
)
_SAID_YEAR = rf"(?:(?P<which>last|this|next) year|(?P<year>{_YEAR_WORDS}))"
_YEAR = rf"(?:,? ?(?:of )?{_SAID_YEAR})?"
_UNIT = r"(?P<unit>day|week|fortnight|month|year|quarter)s?"
_COUNT = rf"(?:a (?=couple|few))?(?P<n>{_any(COUNTS)}|\d{{1,3}})(?: of)?"

ISO = re.compile(r"\b(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})\b")
DAY_FIRST = _rule(rf"(?:the )?(?P<day>{_ORD}|{_CARD})(?: day)? (?:of )?(?P<month>{_M}){_YEAR}")
MONTH_FIRST = _rule(rf"(?P<month>{_M}) (?:the )?(?P<day>{_ORD}|{_CARD}){_YEAR}")
OF_MONTH = _rule(
    rf"(?:the )?(?P<day>{_ORD})(?: (?:of )?(?P<which>last|this|next) month| of the month)?"
)
OF_WEEK = _rule(rf"(?P<day>{_W}) (?:of )?(?P<which>last|this|next) week")
FROM_DAY = _rule(rf"{_COUNT} (?P<unit>week|day|fortnight)s? (?:from|after) (?P<day>{_W}|tomorrow)")
HALF = _rule(rf"(?P<n>first|second) half(?: of)?(?: the year|(?: the year)?{_YEAR})")
PAST = _rule(
    r"(?:the )?(?:past (?P<unit>week|month|year|quarter)"
    r"|(?:last|past) (?:half|six) (?P<half>year|months))"
)
EDGE = _rule(
    r"(?:the )?(?P<edge>end|last day|start|beginning|first day) of"
    rf" (?:(?:the )?(?P<month>{_M}){_YEAR}|(?:(?P<side>the|last|this|next) )?(?P<unit>month|year))"
    r"|(?:the )?(?P<unit2>month|year) (?P<end>end)"
)
NEAR = _rule(
    r"tomorrow week|(?:the )?day (?:after tomorrow|before yesterday)"
    r"|today|tonight|tomorrow|yesterday|now"
)
FROM = _rule(rf"(?P<in>in )?{_COUNT} {_UNIT}(?: (?P<way>ago|from now|from today|later|before))?")
WEEKDAY = _rule(rf"(?:(?P<which>last|this|next)(?: coming)? )?(?:coming )?(?P<day>{_W})")
WHOLE = _rule(
    r"(?P<which>last|this|next|previous|current) (?P<unit>week|weekend|month|year|quarter)"
)
RECENT = _rule(rf"(?:the )?(?P<way>last|past|previous|next|coming) {_COUNT} {_UNIT}")
QUARTER = _rule(
    rf"(?:(?:the )?(?P<n>first|second|third|fourth) quarter|q ?(?P<q>one|two|three|four|[1-4]))"
    rf"(?: of)?{_YEAR}"
)
MONTH = _rule(rf"(?P<month>{_M})(?! (?:i|we|you|be|have|not)\b){_YEAR}")
ONLY_YEAR = _rule(rf"(?:(?:in|of|year|the) )?{_SAID_YEAR}")
FEAST = _rule(rf"(?:(?P<side>last|next|this) )?(?P<feast>{_any(FEAST_DAYS)}){_YEAR}")
RANGE = re.compile(r"(?P<from>\bfrom |\bbetween )?(?P<join> to | through | until | till | and )")
SO_FAR = re.compile(r"\bso far this (?:year|month|week)|this (?:year|month|week) so far\b")
SINCE = re.compile(r"\b(?:since|from) (?=\S)(?!.* to )")
