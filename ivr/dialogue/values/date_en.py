"""English dates: "the third of december last year", "last friday", "from march to may"."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.dialogue.values import days
from ivr.dialogue.values.corrections import pieces_en
from ivr.dialogue.values.days import Days, Grain
from ivr.dialogue.values.text import Word, english_words

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
_UNITS = "one two three four five six seven eight nine ten eleven twelve".split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
         "eighty": 80, "ninety": 90}  # fmt: skip
_SMALL = {
    word: i + 1
    for i, word in enumerate(
        [*_UNITS, "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
}
_COUNTS = {**_SMALL, "a": 1, "an": 1, "couple": 2, "few": 3, "thirty": 30, "twenty": 20,
           "ninety": 90, "sixty": 60}  # fmt: skip

_M = "|".join([*_MONTHS, *(name[:3] for name in _MONTHS), "sept"])
_W = "|".join([*_WEEKDAYS, *(name[:3] for name in _WEEKDAYS)])
_ORD = (
    rf"(?:twenty|thirty) (?:{'|'.join(_ORDINALS[:9])})|{'|'.join(sorted(_ORDINALS, key=len, reverse=True))}"
    r"|thirtieth|\d{1,2}(?: ?(?:st|nd|rd|th))"
)
_CARD = rf"(?:twenty|thirty) (?:{'|'.join(_UNITS[:9])})|{'|'.join(sorted(_SMALL, key=len, reverse=True))}|thirty|twenty|\d{{1,2}}(?!\d)"
_YEAR = (
    r"(?:,? ?(?:of )?(?:(?P<which>last|this|next) year|(?P<year>\d{4}|nineteen [a-z]+(?: (?:"
    + "|".join(_UNITS[:9])
    + r"))?|twenty (?:twenty|thirty|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen"
    + r"|nineteen)(?: (?:" + "|".join(_UNITS[:9]) + r"))?|two thousand(?: (?:and )?[a-z]+)?)))?"
)
_UNIT = r"(?P<unit>day|week|fortnight|month|year|quarter)s?"
_COUNT = rf"(?P<n>{'|'.join(sorted(_COUNTS, key=len, reverse=True))}|\d{{1,3}})(?: of)?"


def _rule(source: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{source})\b")


_AHEAD = {"last": -1, "past": -1, "previous": -1, "this": 0, "current": 0, "next": 1, "": 0,
          "coming": 1, "following": 1}  # fmt: skip
_ISO = _rule(r"(?P<y>\d{4})[-/](?P<m>\d{1,2})[-/](?P<d>\d{1,2})")
_DAY_FIRST = _rule(rf"(?:the )?(?P<day>{_ORD}|{_CARD})(?: day)? (?:of )?(?P<month>{_M}){_YEAR}")
_MONTH_FIRST = _rule(rf"(?P<month>{_M}) (?:the )?(?P<day>{_ORD}|{_CARD}){_YEAR}")
_OF_MONTH = _rule(
    rf"(?:the )?(?P<day>{_ORD})(?: (?:of )?(?P<which>last|this|next) month| of the month)?"
)
_EDGE = _rule(
    r"(?:the )?(?P<edge>end|last day|start|beginning|first day) of (?:(?:the )?(?P<month>"
    + _M
    + rf"){_YEAR}|(?P<side>the|last|this|next) (?P<unit>month|year))"
)
_NEAR = _rule(
    r"(?:the )?day (?:after tomorrow|before yesterday)|today|tonight|tomorrow|yesterday"
)
_NEAR_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1}
_FROM = _rule(rf"(?P<in>in )?{_COUNT} {_UNIT}(?: (?P<way>ago|from now|from today|later|before))?")
_WEEKDAY = _rule(rf"(?:(?P<which>last|this|next)(?: coming)? )?(?:coming )?(?P<day>{_W})")
_WHOLE = _rule(r"(?P<which>last|this|next|previous|current) (?P<unit>week|weekend|month|year|quarter)")
_RECENT = _rule(rf"(?:the )?(?P<way>last|past|previous|next|coming) {_COUNT} {_UNIT}")
_QUARTER = _rule(rf"(?:the )?(?P<n>first|second|third|fourth) quarter(?: of)?{_YEAR}")
_MONTH = _rule(rf"(?P<month>{_M})(?! (?:i|we|you|be|have|not)\b){_YEAR}")
_ONLY_YEAR = re.compile(r"\b(?:in |year )(?P<year>(?:19|20)\d\d)\b")
_FEASTS = _rule(rf"(?P<feast>new year's eve|new year's day|new years day|christmas eve|christmas(?: day)?|valentine's day){_YEAR}")
_FEAST_DAYS = {"new year's eve": (12, 31), "new year's day": (1, 1), "new years day": (1, 1),
               "christmas eve": (12, 24), "valentine's day": (2, 14)}  # fmt: skip
_RANGE = re.compile(r"(?P<from>\bfrom |\bbetween )?(?P<join> to | through | until | till | and )")
_SINCE = re.compile(r"\b(?:since|from) (?=\S)(?!.* to )")
_ISO_WORD = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


def find(text: str, today: date) -> Days | None:
    """The days that the last uncorrected phrase of the text names."""
    iso = _ISO_WORD.search(text[:400])
    if iso:
        found = _iso(_ISO.search(iso[0]), today)
        return found.at(iso.start(), iso.end()) if found else None
    result: Days | None = None
    for words in pieces_en(english_words(text)):
        joined, where = _joined(words)
        found = _phrase(joined, today)
        if found:
            result = found.at(where[found.start][0], where[max(found.start, found.end - 1)][1])
    return result


def _joined(words: list[Word]) -> tuple[str, list[tuple[int, int]]]:
    """The words with one blank between them, and each character's place in the original."""
    text: list[str] = []
    where: list[tuple[int, int]] = []
    for word in words:
        if word.text in (",", "um", "uh"):
            continue
        if text:
            text.append(" ")
            where.append((word.start, word.start))
        text.append(word.text)
        where.extend([(word.start, word.end)] * len(word.text))
    return "".join(text), where


def _phrase(text: str, today: date) -> Days | None:
    for match in _RANGE.finditer(text):
        left = _single(text[: match.start("join")], today)
        right = _single(text[match.end() :], today)
        if left and right and left.end == match.start("join"):
            shifted = right.at(match.end() + right.start, match.end() + right.end)
            if text[match.end() : shifted.start].strip() in ("", "the"):
                found = days.between(left, shifted)
                if found:
                    return found
    found = _single(text, today)
    since = _SINCE.search(text)
    if found and since and since.end() >= found.start - 4 and found.first <= today:
        return Days(found.first, today, Grain.SPAN, since.start(), found.end)
    return found


def _single(text: str, today: date) -> Days | None:
    for rule, make in _RULES:
        for match in rule.finditer(text):
            found = make(match, today)
            if found:
                return found.at(match.start(), match.end())
            if rule in (_DAY_FIRST, _MONTH_FIRST):
                return None
    return None


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name[:3]))


def _ordinal(text: str) -> int:
    text = re.sub(r"(?<=\d) ?(?:st|nd|rd|th)$", "", text)
    if text.isdigit():
        return int(text)
    if text == "thirtieth":
        return 30
    tens, _, unit = text.rpartition(" ")
    low = _ORDINALS.index(unit) + 1 if unit in _ORDINALS else _SMALL.get(unit, _TENS.get(unit, 0))
    return (_TENS[tens] if tens else 0) + low


def _year(match: re.Match[str], today: date) -> tuple[int, bool]:
    if match["which"]:
        return today.year + _AHEAD[match["which"]], True
    said = match["year"]
    if not said:
        return today.year, False
    if said.isdigit():
        return int(said), True
    if said.startswith("two thousand"):
        rest = said.removeprefix("two thousand").replace(" and", "").strip()
        return 2000 + (_below_hundred(rest.split()) if rest else 0), True
    century, *rest_words = said.split()
    return {"nineteen": 1900, "twenty": 2000}[century] + _below_hundred(rest_words), True


def _below_hundred(words: list[str]) -> int:
    return sum(_TENS.get(word, _SMALL.get(word, 0)) for word in words)


def _iso(match: re.Match[str] | None, today: date) -> Days | None:
    return days.day(int(match["y"]), int(match["m"]), int(match["d"])) if match else None


def _dated(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    return days.day(year, _month_number(match["month"]), _ordinal(match["day"]), dated=said)


def _of_month(match: re.Match[str], today: date) -> Days | None:
    base = days.months_on(today.replace(day=1), _AHEAD[match["which"] or ""])
    return days.day(base.year, base.month, _ordinal(match["day"]), bare=not match["which"])


def _edge(match: re.Match[str], today: date) -> Days | None:
    if match["month"]:
        year, _ = _year(match, today)
        whole = days.month(year, _month_number(match["month"]))
    else:
        whole = _whole_unit(match["unit"], _AHEAD.get(match["side"], 0), today)
    if not whole:
        return None
    return days.one(whole.last if match["edge"] in ("end", "last day") else whole.first)


def _whole_unit(unit: str, ahead: int, today: date) -> Days | None:
    if unit == "year":
        return days.year(today.year + ahead)
    if unit == "week":
        return days.week(today, ahead)
    if unit == "weekend":
        return days.weekend(today, ahead)
    if unit == "quarter":
        return days.quarter(today.year, (today.month + 2) // 3 + ahead)
    base = days.months_on(today.replace(day=1), ahead)
    return days.month(base.year, base.month)


def _near(match: re.Match[str], today: date) -> Days:
    if "day after" in match[0] or "day before" in match[0]:
        return days.one(today + timedelta(days=2 if "after" in match[0] else -2))
    return days.one(today + timedelta(days=_NEAR_DAYS[match[0]]))


def _counted(match: re.Match[str]) -> tuple[int, str]:
    count = int(match["n"]) if match["n"].isdigit() else _COUNTS[match["n"]]
    unit = match["unit"]
    if unit == "fortnight":
        return count * 2, "week"
    return (count * 3, "month") if unit == "quarter" else (count, unit)


def _from(match: re.Match[str], today: date) -> Days | None:
    if not (match["in"] or match["way"]):
        return None
    count, unit = _counted(match)
    back = match["way"] in ("ago", "before")
    return days.one(days.away(today, -count if back else count, unit))


def _weekday(match: re.Match[str], today: date) -> Days:
    number = next(i for i, name in enumerate(_WEEKDAYS) if name.startswith(match["day"][:3]))
    which = match["which"]
    if which == "next":
        return days.one(days.week(today, 1).first + timedelta(days=number))
    if which == "last":
        return days.one(today - timedelta(days=(today.weekday() - number - 1) % 7 + 1))
    return days.one(today + timedelta(days=(number - today.weekday()) % 7))


def _whole(match: re.Match[str], today: date) -> Days | None:
    return _whole_unit(match["unit"], _AHEAD[match["which"]], today)


def _recent(match: re.Match[str], today: date) -> Days:
    count, unit = _counted(match)
    return days.stretch(today, count if match["way"] in ("next", "coming") else -count, unit)


def _quarter(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    return days.quarter(year, _ORDINALS.index(match["n"]) + 1)


def _month(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    return days.month(year, _month_number(match["month"]), dated=said)


def _only_year(match: re.Match[str], today: date) -> Days | None:
    return days.year(int(match["year"]))


def _feast(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    month, number = _FEAST_DAYS.get(match["feast"], (12, 25))
    return days.day(year, month, number, dated=said)


Make = Callable[[re.Match[str], date], Days | None]
_RULES: tuple[tuple[re.Pattern[str], Make], ...] = (
    (_EDGE, _edge), (_FEASTS, _feast), (_QUARTER, _quarter), (_DAY_FIRST, _dated),
    (_MONTH_FIRST, _dated), (_RECENT, _recent), (_FROM, _from), (_NEAR, _near),
    (_WEEKDAY, _weekday), (_OF_MONTH, _of_month), (_MONTH, _month), (_WHOLE, _whole),
    (_ONLY_YEAR, _only_year),
)  # fmt: skip
