"""Mandarin dates: "去年十二月三号", "下周三", "最近三个月" -> days."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from ivr.dialogue.values import date_phrases_zh as phrases
from ivr.dialogue.values import days, lunar
from ivr.dialogue.values.corrections import pieces_zh
from ivr.dialogue.values.days import Days, Grain
from ivr.dialogue.values.numbers_zh import digit, number
from ivr.dialogue.values.text import fold_mandarin


def find(text: str, today: date) -> Days | None:
    """The days that the last uncorrected phrase of the text names."""
    context: Days | None = None
    for heard in pieces_zh(fold_mandarin(text)):
        clean = heard.without(phrases.FILLERS)
        found = _phrase(clean.text, today, context)
        if found:
            start, end = clean.span(found.start, found.end)
            context = found.at(start, end)
    return context


def _phrase(text: str, today: date, context: Days | None) -> Days | None:
    found = _range(text, today) or _single(text, today)
    if found and found.bare and context:
        return _in_month_of(context, found) or found
    return found


def _in_month_of(other: Days, bare: Days) -> Days | None:
    taken = days.day(other.last.year, other.last.month, bare.first.day)
    return taken.at(bare.start, bare.end) if taken else None


def _range(text: str, today: date) -> Days | None:
    for match in phrases.RANGE.finditer(text):
        left = _single(text[: match.start()], today)
        right = _right(text, match.end(), today)
        if right and not left:
            left = _left_month(text[: match.start()], right)
        if not left or not right:
            continue
        if right.bare:
            right = _in_month_of(left, right) or right
        return days.between(left, right)
    return None


def _right(text: str, start: int, today: date) -> Days | None:
    rest = text[start:]
    week, named = phrases.WEEKDAY.search(text[:start]), phrases.WEEKDAY.match(rest)
    if week and named and week["which"] and not named["which"]:
        start -= len(week["which"])
        rest = week["which"] + rest
    now = phrases.NOW.match(rest)
    if now:
        return days.one(today).at(start, start + now.end())
    found = _single(rest, today)
    return found.at(start + found.start, start + found.end) if found else None


def _left_month(text: str, right: Days) -> Days | None:
    """ "三到五月": the left side says only the month's number."""
    match = phrases.BARE_MONTH.search(text)
    if right.grain is not Grain.MONTH or not match or match.end() != len(text):
        return None
    found = days.month(right.first.year, int(number(match["m"]) or 0), dated=right.dated)
    return found.at(match.start("m"), match.end()) if found else None


def _single(text: str, today: date) -> Days | None:
    for rule, make in _RULES:
        for match in rule.finditer(text):
            found = make(match, today)
            if found:
                found = found.at(match.start(), match.end())
                return _until_now(text, found, today)
            if rule in _FINAL and match[0]:
                return None
    return None


def _until_now(text: str, found: Days, today: date) -> Days:
    since = phrases.SINCE.match(text, found.end)
    if since and found.first <= today:
        return Days(found.first, today, Grain.SPAN, found.start, since.end())
    return found


def _year(match: re.Match[str], today: date) -> tuple[int, bool]:
    """The year said, or this one; and whether it was said."""
    said, relative = match["year"], match["ryear"]
    if relative:
        return today.year + phrases.YEARS[relative.removesuffix("年")], True
    if not said:
        return today.year, False
    value = int(number(said) or 0)
    if value < 100 and len(said) == 2:
        value += 2000 if value <= (today.year + 20) % 100 else 1900
    return value, True


def _full(match: re.Match[str], today: date) -> Days | None:
    year, dated = _year(match, today)
    if (
        match["month"]
        and not dated
        and match.string[match.start() - 1 : match.start()] in phrases.DIGITS
    ):
        return None
    if match["rmonth"]:
        ahead = phrases.AHEAD[re.sub(r"个?月", "", match["rmonth"])]
        base = days.months_on(today.replace(day=1), ahead)
        whole = days.month(base.year, base.month)
    else:
        said = match["month"]
        whole = days.month(year, 1 if said == "元" else int(number(said) or 0), dated=dated)
    if not whole:
        return None
    if match["tenth"]:
        low, high = {"上": (1, 10), "中": (11, 20), "下": (21, 31)}[match["tenth"]]
        first = whole.first.replace(day=low)
        return Days(first, min(whole.last, whole.first + timedelta(days=high - 1)), Grain.SPAN)
    if match["edge"]:
        early = match["edge"].endswith("初") or match["edge"][0] in "头第"
        return days.one(whole.first if early else whole.last)
    if match["same"]:
        return days.day(whole.first.year, whole.first.month, today.day)
    if match["day"]:
        return days.day(
            whole.first.year, whole.first.month, _number(match["day"]), dated=whole.dated
        )
    return whole


def _number(text: str) -> int:
    return int(number(text.replace("廿", "二十")) or 0)


def _lunar(match: re.Match[str], today: date) -> Days | None:
    """A day of the lunar calendar: named so, or by a month or a day that no other one has."""
    month, said = match["month"], match["day"]
    named = match["mark"] or phrases.CALENDAR.search(match.string[: match.start()])
    if not (named or month in phrases.LUNAR_MONTHS or said.startswith("初")):
        return None
    year, dated = _year(match, today)
    number_ = phrases.LUNAR_MONTHS.get(month) or int(number(month) or 0)
    found = lunar.lunar_day(
        year, number_, _number(said.removeprefix("初")), leap=bool(match["leap"])
    )
    return replace(days.one(found), dated=dated) if found else None


def _lunar_feast(match: re.Match[str], today: date) -> Days | None:
    year, dated = _year(match, today)
    if match["feast"] in phrases.NEW_YEARS_EVE:
        found = lunar.last_day(year)
    else:
        found = lunar.lunar_day(year, *phrases.LUNAR_FEASTS[match["feast"]])
    return replace(days.one(found), dated=dated) if found else None


def _dotted(match: re.Match[str], today: date) -> Days | None:
    year = int("".join(str(digit(char)) for char in match["y"]))
    return days.day(year, int(number(match["m"]) or 0), _number(match["d"]))


def _two_months(match: re.Match[str], today: date) -> Days | None:
    """ "五六月份": both of them, where the second follows the first."""
    year, dated = _year(match, today)
    first, second = digit(match["m"]), digit(match["n"])
    left, right = days.month(year, first), days.month(year, second)
    if second != first + 1 or left is None or right is None:
        return None
    return Days(left.first, right.last, Grain.SPAN, dated=dated)


def _digital(match: re.Match[str], today: date) -> Days | None:
    if match["all"]:
        text = match["all"]
        return days.day(int(text[:4]), int(text[4:6]), int(text[6:]))
    return days.day(int(match["y"]), int(match["m"]), int(match["d"]))


def _run(match: re.Match[str], today: date) -> Days | None:
    year, month, day = (
        int("".join(str(digit(char)) for char in match[name])) for name in ("y", "m", "d")
    )
    return days.day(year, month, day)


def _only_day(match: re.Match[str], today: date) -> Days | None:
    return days.day(today.year, today.month, _number(match["day"]), bare=True)


def _edge(match: re.Match[str], today: date) -> Days | None:
    year, _ = _year(match, today)
    of_year = match["edge"].startswith("年")
    whole = days.year(year) if of_year else days.month(year, today.month)
    if not whole:
        return None
    return days.one(whole.first if match["edge"].endswith("初") else whole.last)


def _same(match: re.Match[str], today: date) -> Days | None:
    year, _ = _year(match, today)
    return days.one(days.months_on(today, 12 * (year - today.year)))


def _weekday(match: re.Match[str], today: date) -> Days:
    said = match["day"]
    number_ = 6 if said in "日天" else digit(said) - 1
    monday = days.week(today, phrases.AHEAD[match["which"] or ""]).first
    return days.one(monday + timedelta(days=number_))


def _near(match: re.Match[str], today: date) -> Days:
    word = re.sub(r"[天日儿个]+$", "", match[0])
    return days.one(today + timedelta(days=phrases.NEAR_DAYS[word]))


def _counted(n: str | None, unit: str) -> tuple[int, str] | None:
    """The count and the unit of "三个月", "半年", "两周"."""
    if unit.startswith("半") or n == "半":
        name = "half-year" if "年" in unit else "half-month" if "月" in unit else ""
        return (1, name) if name else None
    known = {"天": "day", "日": "day", "年": "year"}.get(unit)
    name = known or ("month" if "月" in unit else "week")
    count = int(number(n) or 0) if n else 0
    return (count, name) if count else None


def _ago(match: re.Match[str], today: date) -> Days | None:
    way = match["way"]
    counted = _counted(match["n"], match["unit"])
    if not counted or not (way or match["pass"]):
        return None
    count, unit = counted
    back = bool(way and way.endswith("前"))
    return days.one(days.away(today, -count if back else count, unit))


def _recent(match: re.Match[str], today: date) -> Days | None:
    if match["in"]:
        counted = _counted(match["n2"], match["unit2"])
        return days.stretch(today, *counted) if counted else None
    unit = match["unit"]
    counted = _counted(match["n"], unit)
    if (
        not counted
        and match["way"] in ("最近", "近", "过去")
        and not match["n"]
        and "月" not in unit
    ):
        counted = _counted("一", unit)
    if not counted or (
        match["way"] in ("这", "前") and counted[0] == 1 and "half" not in counted[1]
    ):
        return None
    ahead = match["way"] in ("未来", "接下来", "今后", "往后")
    return days.stretch(today, counted[0] if ahead else -counted[0], counted[1])


def _week(match: re.Match[str], today: date) -> Days:
    return days.week(today, phrases.AHEAD[match["which"]])


def _weekend(match: re.Match[str], today: date) -> Days:
    return days.weekend(today, phrases.AHEAD[match["which"] or ""])


def _quarter(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    if match["n"]:
        return days.quarter(year, digit(match["n"]))
    return days.quarter(today.year, (today.month + 2) // 3 + phrases.AHEAD[match["which"]])


def _half(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    first = match["half"] == "上"
    return Days(
        date(year, 1 if first else 7, 1), date(year, 6 if first else 12, 30 if first else 31),
        Grain.SPAN,
    )  # fmt: skip


def _only_year(match: re.Match[str], today: date) -> Days | None:
    year, _ = _year(match, today)
    return days.year(year)


def _feast(match: re.Match[str], today: date) -> Days | None:
    year, dated = _year(match, today)
    if not dated and match.string[match.start() - 1 : match.start()] in phrases.DIGITS:
        return None
    month, number_ = phrases.FEASTS[match["feast"]]
    return days.day(year, month, number_, dated=dated)


Make = Callable[[re.Match[str], date], Days | None]
_RULES: tuple[tuple[re.Pattern[str], Make], ...] = (
    (phrases.DIGITAL, _digital),
    (phrases.DOTTED, _dotted),
    (phrases.LUNAR, _lunar),
    (phrases.LUNAR_FEAST, _lunar_feast),
    (phrases.TWO_MONTHS, _two_months),
    (phrases.RUN, _run),
    (phrases.HALF, _half),
    (phrases.RECENT, _recent),
    (phrases.QUARTER, _quarter),
    (phrases.FEAST, _feast),
    (phrases.FULL, _full),
    (phrases.EDGE, _edge),
    (phrases.SAME, _same),
    (phrases.WEEKEND, _weekend),
    (phrases.WEEKDAY, _weekday),
    (phrases.NEAR, _near),
    (phrases.AGO, _ago),
    (phrases.WEEK, _week),
    (phrases.ONLY_DAY, _only_day),
    (phrases.ONLY_YEAR, _only_year),
)
_FINAL = (phrases.FULL, phrases.ONLY_DAY, phrases.DIGITAL)
"""Rules after which no weaker one may read a part of an impossible date."""
