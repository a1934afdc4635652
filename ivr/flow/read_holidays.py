"""Reads holidays.yaml: years of public holidays that extend or override the built-in ones."""

from collections.abc import Iterator
from datetime import date, timedelta

from ivr.flow.fields import Fields
from ivr.flow.holidays import COUNTRIES, Year
from ivr.flow.issues import Issue, Place
from ivr.flow.reading import Reading, nearest
from ivr.flow.yaml_tree import Table, read_tree

FILE_NAMES = frozenset({"holidays.yaml", "holidays.yml"})
MAX_SPAN_DAYS = 31
_BETWEEN = ".."

Holidays = dict[str, dict[int, Year]]
"""Years by country."""


def read_holidays(text: str, file: str) -> tuple[Holidays, list[Issue]]:
    """`china: {2027: {closed: [2027-02-05..2027-02-11], workdays: [2027-02-14]}}`."""
    reading = Reading(file)

    def report(code: str, place: Place, message: str) -> None:
        reading.fault(code, place, message)

    tree = read_tree(text, file, report)
    if not isinstance(tree, Table):
        if not reading.issues:
            reading.fault("bad-value", Place(file), "holidays are a mapping: country, year, days")
        return {}, reading.issues
    fields = Fields(reading, tree, "holidays")
    found: Holidays = {}
    for country in tree.entries:
        inner = fields.fields(country)
        if country not in COUNTRIES:
            hint = nearest(country, COUNTRIES)
            fields.fault("bad-value", tree.places[country], f'no country "{country}"', hint)
        elif inner is not None:
            found[country] = dict(_years(inner))
    return found, reading.issues


def _years(fields: Fields) -> Iterator[tuple[int, Year]]:
    for name in fields.table.entries:
        inner = fields.fields(name)
        if not (name.isdecimal() and len(name) == 4):
            fields.fault("bad-value", fields.table.places[name], f'"{name}" is no year')
        elif inner is not None:
            year = int(name)
            closed, workdays = _days(inner, "closed", year), _days(inner, "workdays", year)
            inner.text("source")
            inner.finish()
            for day in sorted(closed & workdays):
                inner.fault("bad-value", inner.place, f"{day} is both closed and a workday")
            yield year, Year(closed, workdays)


def _days(fields: Fields, key: str, year: int) -> frozenset[date]:
    found: set[date] = set()
    for text in fields.strings(key):
        first, _, last = text.partition(_BETWEEN)
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            fields.fault("bad-value", fields.where(key), f'"{text}" is no day like {year}-05-01')
            continue
        days = (end - begin).days
        if not 0 <= days < MAX_SPAN_DAYS or begin.year != year or end.year != year:
            message = f'"{text}" is no span of days of {year}, at most {MAX_SPAN_DAYS}'
            fields.fault("bad-value", fields.where(key), message)
            continue
        found |= {begin + timedelta(n) for n in range(days + 1)}
    return frozenset(found)
