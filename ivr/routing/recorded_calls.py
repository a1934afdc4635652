"""Recorded calls: a table of arrivals that really happened -> calls to simulate."""

import csv
import math
from collections.abc import Iterable
from dataclasses import replace

from ivr.errors import SettingsError
from ivr.routing.scenario import CallClass
from ivr.routing.simulation import SimulatedCall

COLUMNS = ("arrives", "class", "patience", "service")
MAX_CALLS = 1_000_000
MAX_SECONDS = 366 * 86_400.0


def parse_calls(
    lines: Iterable[str], classes: tuple[CallClass, ...], file: str
) -> tuple[SimulatedCall, ...]:
    """Read comma-separated lines under the heading `arrives,class,patience,service`, sorted.

    Times are seconds; an empty patience is endless.

    Raises:
        SettingsError: for the first line that cannot be used, naming it.
    """
    kinds = {kind.name: kind for kind in classes}
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise SettingsError(f"{file}:1: expected the heading {','.join(COLUMNS)}")
    calls: list[SimulatedCall] = []
    try:
        for row in reader:
            calls.append(_call(row, kinds, f"{file}:{reader.line_num}"))
            if len(calls) > MAX_CALLS:
                raise SettingsError(f"{file}: more than {MAX_CALLS} calls")
    except csv.Error as error:
        raise SettingsError(f"{file}:{reader.line_num}: {error}") from error
    return tuple(sorted(calls, key=lambda call: call.arrives))


def _call(row: dict[str, str], kinds: dict[str, CallClass], where: str) -> SimulatedCall:
    kind = kinds.get(row["class"] or "")
    if kind is None:
        known = ", ".join(kinds)
        raise SettingsError(f"{where}: no class is called {row['class']!r}; there is {known}")
    base = SimulatedCall(0.0, kind.name, kind.need, kind.language, math.inf, 0.0)
    return replace(
        base,
        arrives=_seconds(row, "arrives", where),
        patience=_seconds(row, "patience", where) if row["patience"] else math.inf,
        service=_seconds(row, "service", where),
    )


def _seconds(row: dict[str, str], column: str, where: str) -> float:
    text = row[column] or ""
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= MAX_SECONDS:
        raise SettingsError(f"{where}: {column} is {text[:40]!r}: expected seconds from 0 on")
    return seconds
