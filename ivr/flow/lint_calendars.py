"""Lint of calendars against today: whether the coming weeks' holidays are known."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from ivr.flow.holidays import day_of
from ivr.flow.issues import Issue
from ivr.flow.lint_logic import issue
from ivr.flow.model import Flow

AHEAD_DAYS = 60


def lint_calendars(flows: Iterable[Flow], today: date) -> Iterator[Issue]:
    """A warning for each calendar with holidays that has no data for some day of the next 60."""
    coming = [today + timedelta(days) for days in range(AHEAD_DAYS + 1)]
    for flow in flows:
        for calendar in flow.calendars.values():
            if calendar.holidays == "none":
                continue
            for day in coming:
                if day_of(calendar.holidays, day, calendar.years) is None:
                    message = (
                        f'calendar "{calendar.name}" knows no holidays of {day.year}; write them '
                        f"into holidays.yaml beside the flow before {day}"
                    )
                    yield issue("no-holidays", calendar.place, message, warning=True)
                    break
