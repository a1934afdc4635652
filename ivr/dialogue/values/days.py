"""Days: calendar arithmetic for spoken dates, and the stretch of days a phrase names."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum

_YEARS = range(1850, 2200)


class Grain(IntEnum):
    """How exactly a stretch of days is named."""

    DAY = 0
    WEEK = 1
    MONTH = 2
    YEAR = 3
    SPAN = 4


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included, and where the phrase stands."""

    first: date
    last: date
    grain: Grain = Grain.DAY
    start: int = 0
    end: int = 0
    dated: bool = True
    """The year was said, or follows from "last month" and the like."""
    bare: bool = False
    """Only the day of a month was said: the month may come from the other end of a span."""

    def at(self, start: int, end: int) -> "Days":
        return replace(self, start=start, end=end)

    def moved(self, years: int) -> "Days":
        """The same days some years on."""
        return replace(
            self, first=months_on(self.first, 12 * years), last=months_on(self.last, 12 * years)
        )


def day(year: int, month: int, number: int, **more: bool) -> Days | None:
    """One day; None where the calendar has no such day."""
    if year not in _YEARS or not 1 <= month <= 12:
        return None
    if not 1 <= number <= monthrange(year, month)[1]:
        return None
    only = date(year, month, number)
    return Days(only, only, Grain.DAY, **more)


def one(only: date) -> Days:
    return Days(only, only)


def month(year: int, number: int, *, dated: bool = True) -> Days | None:
    if year not in _YEARS or not 1 <= number <= 12:
        return None
    last = monthrange(year, number)[1]
    return Days(date(year, number, 1), date(year, number, last), Grain.MONTH, dated=dated)


def year(number: int) -> Days | None:
    if number not in _YEARS:
        return None
    return Days(date(number, 1, 1), date(number, 12, 31), Grain.YEAR)


def quarter(of_year: int, number: int) -> Days:
    """Quarter 0 is the last one of the year before, and so on."""
    of_year, number = of_year + (number - 1) // 4, (number - 1) % 4 + 1
    first = date(of_year, 3 * number - 2, 1)
    return Days(first, date(of_year, 3 * number, monthrange(of_year, 3 * number)[1]), Grain.SPAN)


def week(today: date, ahead: int) -> Days:
    """Monday to Sunday."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
    return Days(monday, monday + timedelta(days=6), Grain.WEEK)


def weekend(today: date, ahead: int) -> Days:
    last = week(today, ahead).last
    return Days(last - timedelta(days=1), last, Grain.SPAN)


def months_on(day_: date, count: int) -> date:
    """The same day of the month, or the month's last."""
    index = day_.year * 12 + day_.month - 1 + count
    at_year, at_month = divmod(index, 12)
    at_year = min(max(at_year, _YEARS[0]), _YEARS[-1])
    return date(at_year, at_month + 1, min(day_.day, monthrange(at_year, at_month + 1)[1]))


def away(today: date, count: int, unit: str) -> date:
    """`count` "day", "week", "month", "half-month", "half-year" or "year" from today."""
    if unit == "month":
        return months_on(today, count)
    if unit in ("year", "half-year"):
        return months_on(today, count * (12 if unit == "year" else 6))
    return today + timedelta(days=count * {"day": 1, "week": 7, "half-month": 15}[unit])


def stretch(today: date, count: int, unit: str) -> Days:
    """From `count` units ago until today, or from today on; both ends are included."""
    other = away(today, count, unit)
    return Days(min(today, other), max(today, other), Grain.SPAN)


def between(left: Days, right: Days) -> Days | None:
    """The whole stretch from one phrase to another ("十二月到二月" crosses a new year)."""
    if left.dated and not right.dated and not right.bare:
        right = right.moved(left.first.year - right.first.year)
    if right.last < left.first:
        if right.dated and not left.dated:
            left = left.moved(-1)
        elif not right.dated:
            right = right.moved(1)
    if right.last < left.first:
        return None
    return Days(left.first, right.last, Grain.SPAN, left.start, right.end)
