"""English dates: "the third of december last year", "last friday", "from march to may"."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ivr.dialogue.values import date_phrases_en as phrases
from ivr.dialogue.values import days
from ivr.dialogue.values.corrections import pieces_en
from ivr.dialogue.values.days import Days, Grain
from ivr.dialogue.values.text import MAX_TEXT, Word, english_words


def find(text: str, today: date) -> Days | None:
    """The days that the last uncorrected phrase of the text names."""
    iso = phrases.ISO.search(text[:MAX_TEXT])
    if iso:
        found = _iso(iso)
        return found.at(iso.start(), iso.end()) if found else None
    result: Days | None = None
    for words in pieces_en(english_words(text)):
        joined, where = _joined(words)
        found = _phrase(joined, today)
        if found and found.bare and result:
            # "march fifth, no, sixth" stays in March.
            same = days.day(result.last.year, result.last.month, found.first.day)
            found = same.at(found.start, found.end) if same else found
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
    for match in phrases.RANGE.finditer(text):
        left = _single(text[: match.start("join")], today)
        right = _single(text[match.end() :], today)
        if left and right and left.end == match.start("join"):
            shifted = right.at(match.end() + right.start, match.end() + right.end)
            if left.bare and not right.bare:  # "the first to the tenth of june"
                same = days.day(right.first.year, right.first.month, left.first.day)
                left = same.at(left.start, left.end) if same else left
            if text[match.end() : shifted.start].strip() in ("", "the"):
                if 0 < (left.first - shifted.last).days < 7:
                    # "from monday to friday": the friday after that monday.
                    shifted = replace(
                        shifted,
                        first=shifted.first + timedelta(days=7),
                        last=shifted.last + timedelta(days=7),
                    )
                found = days.between(left, shifted)
                if found:
                    return found
    found = _single(text, today)
    if found and phrases.SO_FAR.search(text) and found.first <= today <= found.last:
        return Days(found.first, today, Grain.SPAN, found.start, found.end)
    since = phrases.SINCE.search(text)
    if found and since and since.end() >= found.start - 4 and found.first <= today:
        return Days(found.first, today, Grain.SPAN, since.start(), found.end)
    return found


def _single(text: str, today: date) -> Days | None:
    for rule, make in _RULES:
        for match in rule.finditer(text):
            found = make(match, today)
            if found:
                return found.at(match.start(), match.end())
            if rule in (phrases.DAY_FIRST, phrases.MONTH_FIRST):
                return None
    return None


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(phrases.MONTHS, 1) if month.startswith(name[:3]))


def _ordinal(text: str) -> int:
    text = re.sub(r"(?<=\d) ?(?:st|nd|rd|th)$", "", text)
    if text.isdigit():
        return int(text)
    if text == "thirtieth":
        return 30
    tens, _, unit = text.rpartition(" ")
    low = (
        phrases.ORDINALS.index(unit) + 1
        if unit in phrases.ORDINALS
        else phrases.SMALL.get(unit, phrases.TENS.get(unit, 0))
    )
    return (phrases.TENS[tens] if tens else 0) + low


def _year(match: re.Match[str], today: date) -> tuple[int, bool]:
    if match["which"]:
        return today.year + phrases.AHEAD[match["which"]], True
    said = match["year"]
    if not said:
        return today.year, False
    if said.isdigit():
        return int(said), True
    if said.startswith("two thousand"):
        rest = said.removeprefix("two thousand").replace(" and", "")
        return 2000 + (_below_hundred(rest.split()) if rest else 0), True
    century, *rest_words = said.replace(" oh ", " ").split()
    return {"nineteen": 1900, "twenty": 2000}[century] + _below_hundred(rest_words), True


def _below_hundred(words: list[str]) -> int:
    return sum(phrases.TENS.get(word, phrases.SMALL.get(word, 0)) for word in words)


def _iso(match: re.Match[str]) -> Days | None:
    return days.day(int(match["y"]), int(match["m"]), int(match["d"]))


def _dated(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    return days.day(year, _month_number(match["month"]), _ordinal(match["day"]), dated=said)


def _of_month(match: re.Match[str], today: date) -> Days | None:
    base = days.months_on(today.replace(day=1), phrases.AHEAD[match["which"] or ""])
    return days.day(base.year, base.month, _ordinal(match["day"]), bare=not match["which"])


def _edge(match: re.Match[str], today: date) -> Days | None:
    if match["month"]:
        year, _ = _year(match, today)
        whole = days.month(year, _month_number(match["month"]))
    else:
        whole = _whole_unit(
            match["unit"] or match["unit2"], phrases.AHEAD.get(match["side"], 0), today
        )
    if not whole:
        return None
    return days.one(whole.last if (match["edge"] or "end") in ("end", "last day") else whole.first)


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
    if match[0] == "tomorrow week":
        return days.one(today + timedelta(days=8))
    if "day after" in match[0] or "day before" in match[0]:
        return days.one(today + timedelta(days=2 if "after" in match[0] else -2))
    return days.one(today + timedelta(days=phrases.NEAR_DAYS[match[0]]))


def _counted(match: re.Match[str]) -> tuple[int, str]:
    count = int(match["n"]) if match["n"].isdigit() else phrases.COUNTS[match["n"]]
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
    number = _weekday_number(match["day"])
    which = match["which"]
    if which == "next":
        return days.one(days.week(today, 1).first + timedelta(days=number))
    if which == "last":
        return days.one(today - timedelta(days=(today.weekday() - number - 1) % 7 + 1))
    return days.one(today + timedelta(days=(number - today.weekday()) % 7))


def _of_week(match: re.Match[str], today: date) -> Days:
    monday = days.week(today, phrases.AHEAD[match["which"]]).first
    return days.one(monday + timedelta(days=_weekday_number(match["day"])))


def _weekday_number(name: str) -> int:
    return next(i for i, day in enumerate(phrases.WEEKDAYS) if day.startswith(name[:3]))


def _from_day(match: re.Match[str], today: date) -> Days:
    count, unit = _counted(match)
    tomorrow = match["day"] == "tomorrow"
    ahead = 1 if tomorrow else (_weekday_number(match["day"]) - today.weekday()) % 7
    return days.one(days.away(today + timedelta(days=ahead), count, unit))


def _half(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    if match["n"] == "first":
        return Days(date(year, 1, 1), date(year, 6, 30), Grain.SPAN)
    return Days(date(year, 7, 1), date(year, 12, 31), Grain.SPAN)


def _past(match: re.Match[str], today: date) -> Days:
    if match["half"]:
        return days.stretch(today, -1, "half-year")
    unit = match["unit"]
    return days.stretch(
        today, -3 if unit == "quarter" else -1, "month" if unit == "quarter" else unit
    )


def _whole(match: re.Match[str], today: date) -> Days | None:
    return _whole_unit(match["unit"], phrases.AHEAD[match["which"]], today)


def _recent(match: re.Match[str], today: date) -> Days:
    count, unit = _counted(match)
    return days.stretch(today, count if match["way"] in ("next", "coming") else -count, unit)


def _quarter(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    if match["q"]:
        said = match["q"]
        return days.quarter(year, int(said) if said.isdigit() else phrases.SMALL[said])
    return days.quarter(year, phrases.ORDINALS.index(match["n"]) + 1)


def _month(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    return days.month(year, _month_number(match["month"]), dated=said)


def _only_year(match: re.Match[str], today: date) -> Days | None:
    return days.year(_year(match, today)[0])


def _feast(match: re.Match[str], today: date) -> Days | None:
    year, said = _year(match, today)
    if match["side"]:
        year, said = today.year + phrases.AHEAD[match["side"]], True
    month, number = phrases.FEAST_DAYS[match["feast"]]
    return days.day(year, month, number, dated=said)


Make = Callable[[re.Match[str], date], Days | None]
_RULES: tuple[tuple[re.Pattern[str], Make], ...] = (
    (phrases.EDGE, _edge),
    (phrases.HALF, _half),
    (phrases.PAST, _past),
    (phrases.FROM_DAY, _from_day),
    (phrases.OF_WEEK, _of_week),
    (phrases.FEAST, _feast),
    (phrases.QUARTER, _quarter),
    (phrases.DAY_FIRST, _dated),
    (phrases.MONTH_FIRST, _dated),
    (phrases.RECENT, _recent),
    (phrases.FROM, _from),
    (phrases.NEAR, _near),
    (phrases.WEEKDAY, _weekday),
    (phrases.OF_MONTH, _of_month),
    (phrases.MONTH, _month),
    (phrases.WHOLE, _whole),
    (phrases.ONLY_YEAR, _only_year),
)
