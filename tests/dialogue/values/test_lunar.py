"""The lunar calendar: known days, its bounds, and that its years follow one another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.values.lunar import FIRST_YEAR, LAST_YEAR, last_day, lunar_day


@pytest.mark.parametrize(
    ("year", "month", "day", "common"),
    [
        (1900, 1, 1, date(1900, 1, 31)),
        (1949, 1, 1, date(1949, 1, 29)),
        (2000, 1, 1, date(2000, 2, 5)),
        (2020, 8, 15, date(2020, 10, 1)),
        (2024, 5, 5, date(2024, 6, 10)),
        (2025, 8, 15, date(2025, 10, 6)),
        (2026, 1, 1, date(2026, 2, 17)),
        (2026, 12, 8, date(2027, 1, 15)),
    ],
)
def test_known_days(year: int, month: int, day: int, common: date) -> None:
    assert lunar_day(year, month, day) == common


def test_leap_months_stand_after_the_month_of_their_number() -> None:
    assert lunar_day(2020, 4, 1, leap=True) == date(2020, 5, 23)
    assert lunar_day(2025, 6, 1, leap=True) == date(2025, 7, 25)
    assert lunar_day(2026, 6, 1, leap=True) is None


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [(1899, 1, 1), (LAST_YEAR + 1, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 31), (2026, 1, 0)],
)
def test_no_such_day(year: int, month: int, day: int) -> None:
    assert lunar_day(year, month, day) is None


@given(st.integers(FIRST_YEAR, LAST_YEAR - 1))
def test_a_year_ends_the_day_before_the_next_begins(year: int) -> None:
    eve, following = last_day(year), lunar_day(year + 1, 1, 1)
    assert eve is not None and following is not None and following - eve == timedelta(days=1)
    assert eve in (lunar_day(year, 12, 29), lunar_day(year, 12, 30))
