"""Mandarin dates: "去年十二月三号", "下周三", "最近三个月" -> days."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from ivr.dialogue.values import days
from ivr.dialogue.values.corrections import pieces_zh
from ivr.dialogue.values.days import Days, Grain
from ivr.dialogue.values.numbers_zh import digit, number
from ivr.dialogue.values.text import Heard, fold_mandarin

_N = r"[零一二两三四五六七八九十百\d]"
_FILLERS = re.compile(r"嗯|呃|额|啊(?!历)|那个|就是|,|(?<=[年月])的|(?<=[上下这])一(?=个)")
_YEAR = (
    r"(?P<year>(?:\d{4}|[零一二三四五六七八九幺]{4})(?=年|的?(?:[十零][一二三四五六七八九]?|[一二三四五六七八九]|\d\d?)月)|\d\d(?=年)|[零一二三四五六七八九]{2}(?=年)|[一两]千(?:零?[一二三四五六七八九]|零?[一二]?十[一二三四五六七八九]?)(?=年))年?"
    r"|(?P<ryear>大前年|去年|今年|明年|前年|后年|本年|当年)"
)
_MONTH = (
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元]|零[一二三四五六七八九])月份?"
    r"|(?P<rmonth>上上个?月|上个?月|下下个?月|下个?月|这个?月|本月|当月)份?"
)
_DAY_N = r"(?:[12]\d|3\d|0?[1-9]|二十[一二三四五六七八九]?|三十[一二三四五六七八九]?|十[一二三四五六七八九]?|廿[一二三四五六七八九]?|零?[一二三四五六七八九])"
_FULL = re.compile(
    rf"(?:{_YEAR})?的?(?:(?:{_MONTH})的?(?:(?P<day>{_DAY_N})[号日]?(?![个天点周月年])"
    r"|(?P<edge>底|末|初)|(?P<tenth>[上中下])旬|(?P<same>(?:的?)(?:今天|这一天)))?)"
)
_DIGITAL = re.compile(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})|(?P<all>(?:19|20)\d{6})")
_RUN = re.compile(r"(?P<y>[零一二三四五六七八九幺]{4})年?(?P<m>零[一二三四五六七八九]|[一幺][零一二])月?(?P<d>[零一幺二三][零一二三四五六七八九幺])")
_ONLY_DAY = re.compile(rf"(?P<day>{_DAY_N}|[三][十][二三四五六七八九])[号日](?![线楼])")
_EDGE = re.compile(rf"(?:{_YEAR})?的?(?P<edge>月底|月末|月初|年底|年末|年初)")
_SAME = re.compile(rf"(?:{_YEAR})的?(?:今天|这一天)")
_WEEKDAY = re.compile(
    r"(?P<which>上上|下下|上|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天七1-7])(?![个周])"
)
_NEAR = re.compile(
    r"大前[天日]|大后[天日]|[今明昨后前](?:天|日(?!子)|儿个?)|昨个|今个|明个|[今明昨](?=[早晚]|上午|下午|夜)"
)
_NEAR_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_UNIT = (
    r"(?P<unit>半个月|半年|个?半月|天|日|周|个?星期|个?礼拜|个月|年)"
)
_AGO = re.compile(rf"(?:(?P<pass>再?过)?(?P<n>{_N}{{1,3}}|半)?(?:个)?{_UNIT}(?P<way>之?以?[前后])?)")
_RECENT = re.compile(
    rf"(?P<way>最近|近|过去|这|前|之前|未来|接下来|今后|往后)的?这?(?P<n>{_N}{{1,3}}|半)?(?:个)?{_UNIT}"
    rf"|(?P<n2>{_N}{{1,3}}|半)(?:个)?(?P<unit2>天|周|星期|礼拜|月|年|个月)(?P<in>[之以]?内)"
)
_WEEK = re.compile(r"(?P<which>上上|下下|上|下|这|本)个?(?:周(?!末|日|天)|星期(?!天|日)|礼拜(?!天|日))")
_WEEKEND = re.compile(r"(?P<which>上上|下下|上|下|这|本)?个?(?:周末|星期末|礼拜末)")
_QUARTER = re.compile(
    rf"(?:{_YEAR})?的?(?:第?(?P<n>[一二三四1-4])个?季度?|(?P<which>上上|上|这|本|下)一?个?季度)"
)
_HALF = re.compile(rf"(?:{_YEAR})?的?(?P<half>[上下])半年")
_ONLY_YEAR = re.compile(rf"(?:{_YEAR})(?!前|后|[之以][前后内])")
_SINCE = re.compile(r"以来|至今")
_RANGE = re.compile(r"到(?!期|账|帐|底)|至(?!今|少)|~|—+|-(?!\d{1,2}-)")
_BARE_MONTH = re.compile(r"(?:从|自)?(?P<m>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])")
_DIGITS = tuple("零一二三四五六七八九十0123456789")
_NOW = re.compile(r"现在|目前|如今|今天|今日")
_AHEAD = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "": 0, "下": 1, "下下": 2}
_YEARS = {"大前": -3, "前": -2, "去": -1, "今": 0, "本": 0, "当": 0, "明": 1, "后": 2}
_FEASTS = {
    "元旦": (1, 1), "情人节": (2, 14), "妇女节": (3, 8), "植树节": (3, 12), "愚人节": (4, 1),
    "劳动节": (5, 1), "五一节": (5, 1), "青年节": (5, 4), "儿童节": (6, 1), "六一": (6, 1),
    "建党节": (7, 1), "建军节": (8, 1), "教师节": (9, 10), "国庆节": (10, 1), "国庆": (10, 1),
    "圣诞节": (12, 25), "圣诞": (12, 25), "平安夜": (12, 24), "双十一": (11, 11),
    "双十二": (12, 12),
}  # fmt: skip
_FEAST = re.compile(rf"(?:{_YEAR})?的?(?P<feast>{'|'.join(_FEASTS)})(?!月)")


def find(text: str, today: date) -> Days | None:
    """The days that the last uncorrected phrase of the text names."""
    context: Days | None = None
    for heard in pieces_zh(fold_mandarin(text)):
        clean = heard.without(_FILLERS)
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
    for match in _RANGE.finditer(text):
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
    now = _NOW.match(rest)
    if now:
        return days.one(today).at(start, start + now.end())
    found = _single(rest, today)
    return found.at(start + found.start, start + found.end) if found else None


def _left_month(text: str, right: Days) -> Days | None:
    """"三到五月": the left side says only the month's number."""
    match = _BARE_MONTH.search(text)
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
    since = _SINCE.match(text, found.end)
    if since and found.first <= today:
        return Days(found.first, today, Grain.SPAN, found.start, since.end())
    return found


def _year(match: re.Match[str], today: date) -> tuple[int, bool]:
    """The year said, or this one; and whether it was said."""
    said, relative = match["year"], match["ryear"]
    if relative:
        return today.year + _YEARS[relative.removesuffix("年")], True
    if not said:
        return today.year, False
    value = int(number(said) or 0)
    if value < 100 and len(said) == 2:
        value += 2000 if value <= (today.year + 20) % 100 else 1900
    return value, True


def _full(match: re.Match[str], today: date) -> Days | None:
    year, dated = _year(match, today)
    if match["month"] and not dated and match.string[match.start() - 1 : match.start()] in _DIGITS:
        return None
    if match["rmonth"]:
        ahead = _AHEAD[re.sub(r"个?月", "", match["rmonth"])]
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
        return days.one(whole.first if match["edge"] == "初" else whole.last)
    if match["same"]:
        return days.day(whole.first.year, whole.first.month, today.day)
    if match["day"]:
        return days.day(
            whole.first.year, whole.first.month, _number(match["day"]), dated=whole.dated
        )
    return whole


def _number(text: str) -> int:
    return int(number(text.replace("廿", "二十")) or 0)


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
    monday = days.week(today, _AHEAD[match["which"] or ""]).first
    return days.one(monday + timedelta(days=number_))


def _near(match: re.Match[str], today: date) -> Days:
    word = re.sub(r"[天日儿个]+$", "", match[0])
    return days.one(today + timedelta(days=_NEAR_DAYS[word]))


def _counted(n: str | None, unit: str) -> tuple[int, str] | None:
    """The count and the unit of "三个月", "半年", "两周"."""
    if unit.startswith("半") or n == "半":
        return (1, "half-year" if "年" in unit else "half-month") if "月年"[0] in unit or (
            "年" in unit
        ) else None
    name = {"天": "day", "日": "day", "年": "year"}.get(unit)
    name = name or ("month" if "月" in unit else "week")
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
    if not counted and match["way"] in ("最近", "近", "过去") and not match["n"] and "月" not in unit:
        counted = _counted("一", unit)
    if not counted or (match["way"] in ("这", "前") and counted[0] == 1 and "half" not in counted[1]):
        return None
    ahead = match["way"] in ("未来", "接下来", "今后", "往后")
    return days.stretch(today, counted[0] if ahead else -counted[0], counted[1])


def _week(match: re.Match[str], today: date) -> Days:
    return days.week(today, _AHEAD[match["which"]])


def _weekend(match: re.Match[str], today: date) -> Days:
    return days.weekend(today, _AHEAD[match["which"] or ""])


def _quarter(match: re.Match[str], today: date) -> Days:
    year, _ = _year(match, today)
    if match["n"]:
        return days.quarter(year, digit(match["n"]))
    return days.quarter(today.year, (today.month + 2) // 3 + _AHEAD[match["which"]])


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
    month, number_ = _FEASTS[match["feast"]]
    return days.day(year, month, number_, dated=dated)


Make = Callable[[re.Match[str], date], Days | None]
_RULES: tuple[tuple[re.Pattern[str], Make], ...] = (
    (_DIGITAL, _digital), (_RUN, _run), (_HALF, _half), (_RECENT, _recent), (_QUARTER, _quarter),
    (_FEAST, _feast), (_FULL, _full), (_EDGE, _edge), (_SAME, _same), (_WEEKEND, _weekend),
    (_WEEKDAY, _weekday), (_NEAR, _near), (_AGO, _ago), (_WEEK, _week), (_ONLY_DAY, _only_day),
    (_ONLY_YEAR, _only_year),
)  # fmt: skip
_FINAL = (_FULL, _ONLY_DAY, _DIGITAL)
"""Rules after which no weaker one may read a part of an impossible date."""
