"""Calendar: when a place is open, in its own time zone, with public holidays where they matter."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ivr.flow.holidays import COUNTRIES, Day, Years, day_of
from ivr.flow.issues import Place

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = ("none", *COUNTRIES)
NOWHERE = Place("")
MAX_SPANS = 8

_DAY_RANGE = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?")
_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to just before `end`, in minutes of the day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """`hours` by day of the week (0 is Monday). `days` are exceptions that win over all else.

    With `holidays` "china" a public holiday is closed and a make-up workday has Monday's hours;
    `years` extend and override the years that are built in.
    """

    name: str
    timezone: str
    hours: Mapping[int, tuple[Span, ...]]
    holidays: str = "none"
    days: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    years: Years = field(default_factory=dict)
    place: Place = NOWHERE

    def is_open(self, now: datetime) -> bool:
        """Whether the place is open at this moment (with an offset)."""
        here = now.astimezone(ZoneInfo(self.timezone))
        minute = here.hour * 60 + here.minute
        return any(span.start <= minute < span.end for span in self._spans(here.date()))

    def hour(self, now: datetime) -> int:
        """The hour of the day there."""
        return now.astimezone(ZoneInfo(self.timezone)).hour

    def _spans(self, day: date) -> tuple[Span, ...]:
        if day in self.days:
            return self.days[day]
        usual = self.hours.get(day.weekday(), ())
        if self.holidays == "none":
            return usual
        match day_of(self.holidays, day, self.years):
            case Day.HOLIDAY:
                return ()
            case Day.MAKE_UP:
                return self.hours.get(0, ())
            case _:
                return usual


def days_of(text: str) -> tuple[int, ...]:
    """ "mon-fri" or "sat" as days of the week.

    Raises:
        ValueError: for anything else.
    """
    found = _DAY_RANGE.fullmatch(text)
    if not found or any(day not in DAYS for day in found.groups() if day):
        raise ValueError(f'"{text}" is no day or range of days such as mon-fri')
    first = DAYS.index(found[1])
    last = DAYS.index(found[2]) if found[2] else first
    if last < first:
        raise ValueError(f'"{text}" runs backwards')
    return tuple(range(first, last + 1))


def span_of(text: str) -> Span:
    """ "09:00-17:30" as a span. Raises ValueError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    if not found:
        raise ValueError(f'"{text}" is no span of time such as 09:00-17:30')
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not start < end <= 24 * 60:
        raise ValueError(f'"{text}" ends before it begins')
    return Span(start, end)


def known_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def moment(text: str) -> datetime | None:
    """An ISO 8601 time with offset; None if it is not one."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
