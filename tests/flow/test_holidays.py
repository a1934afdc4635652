"""Holidays: what is built in, what a file says, and a warning before the data ends."""

from datetime import date, datetime

import pytest

from ivr.flow.holidays import CHINA, Day, Year, day_of
from ivr.flow.library import read_texts
from ivr.flow.lint_calendars import lint_calendars
from ivr.flow.read_holidays import read_holidays

FLOW = """
flow: f
languages: [zh]
start: b
calendars: {office: {holidays: china, hours: {mon-fri: "09:00-17:00", sat: "10:00-12:00"}}}
nodes:
  b: {kind: branch, cases: [{when: 'open("office")', goto: z}], otherwise: z}
  z: {kind: hangup}
"""
FILE = "china: {2027: {closed: [2027-01-01, 2027-02-05..2027-02-08], workdays: [2027-02-14]}}"


@pytest.mark.parametrize(
    ("day", "what"),
    [
        ("2026-01-01", Day.HOLIDAY),
        ("2026-01-04", Day.MAKE_UP),
        ("2026-02-21", Day.HOLIDAY),  # a Saturday within the Spring Festival
        ("2026-11-21", Day.USUAL),
        ("2026-11-23", Day.USUAL),
        ("2040-01-01", None),
    ],
)
def test_what_is_built_in(day: str, what: Day | None) -> None:
    assert day_of(CHINA, date.fromisoformat(day), {}) is what


def test_a_year_of_the_file_overrides_the_built_in_one() -> None:
    years = {2026: Year(frozenset(), frozenset())}
    assert day_of(CHINA, date(2026, 1, 1), years) is Day.USUAL


def test_spans_and_single_days() -> None:
    found, issues = read_holidays(FILE, "holidays.yaml")
    assert issues == []
    assert sorted(day.day for day in found["china"][2027].closed) == [1, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a", "a mapping"),
        ("chin: {}", 'no country "chin"'),
        ("china: {next: {closed: []}}", '"next" is no year'),
        ("china: {2027: {closed: [soon]}}", '"soon" is no day'),
        ("china: {2027: {closed: [2026-12-31]}}", "no span of days of 2027"),
        ("china: {2027: {closed: [2027-03-01..2027-02-01]}}", "no span"),
        ("china: {2027: {closed: [2027-01-01..2027-12-31]}}", "at most 31"),
        ("china: {2027: {open: [2027-01-01]}}", 'unknown key "open"'),
        ("china: {2027: {closed: 2027-01-03, workdays: 2027-01-03}}", "both closed and a workday"),
    ],
)
def test_a_broken_file(text: str, fault: str) -> None:
    _, issues = read_holidays(text, "holidays.yaml")
    assert any(fault in str(one) for one in issues), issues


@pytest.mark.parametrize(
    ("now", "opened"),
    [
        ("2027-01-01T10:00:00+08:00", False),  # a Friday
        ("2027-02-04T10:00:00+08:00", True),
        ("2027-02-14T16:00:00+08:00", True),  # a Sunday, worked with Monday's hours
        ("2027-02-06T11:00:00+08:00", False),  # a Saturday
        ("2027-02-20T11:00:00+08:00", True),
        ("2028-01-03T11:00:00+08:00", True),  # nobody has told: the usual hours
    ],
)
def test_a_calendar_goes_by_the_file(now: str, opened: bool) -> None:
    flows, issues = read_texts({"a/f.yaml": FLOW, "a/holidays.yaml": FILE})
    assert [str(one) for one in issues] == []
    assert flows["f"].calendars["office"].is_open(datetime.fromisoformat(now)) is opened


def test_a_warning_before_the_data_ends() -> None:
    flows, _ = read_texts({"f.yaml": FLOW})
    (found,) = lint_calendars(flows.values(), date(2026, 11, 22))
    assert (found.code, found.line) == ("no-holidays", 5)
    assert 'calendar "office" knows no holidays of 2027' in found.message
    assert "before 2027-01-01" in found.message
    assert list(lint_calendars(flows.values(), date(2026, 11, 1))) == []


def test_no_warning_with_the_file() -> None:
    flows, _ = read_texts({"f.yaml": FLOW, "holidays.yaml": FILE})
    assert list(lint_calendars(flows.values(), date(2026, 11, 22))) == []
