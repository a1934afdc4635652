"""Holidays: which days a country keeps free or works instead, built in or from a data file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from chinese_calendar import (  # type: ignore[import-untyped]
    get_holiday_detail,
    is_workday,
)

CHINA = "china"
COUNTRIES = (CHINA,)


class Day(Enum):
    """What a day is, whatever day of the week it is on."""

    USUAL = "usual"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"
    """A day at the weekend on which people work for a longer holiday."""


@dataclass(frozen=True, slots=True)
class Year:
    """The public holidays of one year, and the weekend days worked for them."""

    closed: frozenset[date]
    workdays: frozenset[date]


Years = Mapping[int, Year]


def day_of(country: str, day: date, years: Years) -> Day | None:
    """What this day is; None if nobody has told for its year. `years` win over what is built in."""
    year = years.get(day.year)
    if year is not None:
        if day in year.closed:
            return Day.HOLIDAY
        return Day.MAKE_UP if day in year.workdays else Day.USUAL
    return _china(day) if country == CHINA else Day.USUAL


def _china(day: date) -> Day | None:
    weekend = day.weekday() >= 5
    try:
        works = bool(is_workday(day))
    except NotImplementedError:  # the State Council had not yet said
        return None
    if works:
        return Day.MAKE_UP if weekend else Day.USUAL
    free = not weekend or bool(get_holiday_detail(day)[1])
    return Day.HOLIDAY if free else Day.USUAL
