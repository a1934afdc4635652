"""Window: the stretch of time a report is about, told by its ends or its length."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from ivr.errors import SettingsError

SPANS = {"h": 3600, "d": 86_400, "w": 7 * 86_400}
MOST_SECONDS = 20 * 366 * 86_400
"""A report spans twenty years at most."""
_LAST = re.compile(r"([1-9]\d{0,5})([hdw])", re.ASCII)
_FIRST, _FINAL = 0.0, datetime(9000, 1, 1, tzinfo=timezone(timedelta())).timestamp()


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` up to but without `until`, in seconds since the epoch.

    `zone` is the time zone whose days and hours are meant; None is this machine's.
    """

    since: float
    until: float
    zone: ZoneInfo | None = None

    def local(self, moment: float) -> datetime:
        """A moment on the clocks of the zone, with its offset."""
        return _local(moment, self.zone)

    @property
    def zone_name(self) -> str:
        return self.zone.key if self.zone else (self.local(self.since).tzname() or "local time")


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that IANA name; None for no name, which stands for this machine's.

    Raises:
        SettingsError: if there is no such zone.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise SettingsError(
            f"--zone {name[:60]!r}: no such time zone; expected a name such as Asia/Shanghai"
        ) from error


def window_of(
    since: str, until: str, last: str, now: float, zone: ZoneInfo | None = None
) -> Window:
    """The window of these options: `last` before `until`, else from `since`; `until` is now.

    Dates are ISO 8601 and local to the zone unless they say otherwise; a date without a time is
    its midnight, so that `--until 2026-12-01` leaves the first of December out.

    Raises:
        SettingsError: if they cannot be read, contradict each other or leave nothing.
    """
    if since and last:
        raise SettingsError("--since and --last both say where the report begins: give one")
    end = _moment("--until", until, zone) if until else now
    begin = _moment("--since", since, zone) if since else end - _span(last or "7d")
    if begin >= end:
        raise SettingsError("the report would be empty: --since is not before --until")
    if end - begin > MOST_SECONDS:
        raise SettingsError("a report spans twenty years at most")
    return Window(max(begin, _FIRST), end, zone)


def _span(text: str) -> int:
    found = _LAST.fullmatch(text)
    if found is None:
        raise SettingsError(f"--last {text[:20]!r}: expected a span such as 24h, 7d or 4w")
    return int(found[1]) * SPANS[found[2]]


def _moment(option: str, text: str, zone: ZoneInfo | None) -> float:
    try:
        told = datetime.fromisoformat(text)
        if told.tzinfo is None and zone is not None:
            told = told.replace(tzinfo=zone)
        moment = told.timestamp()
    except (ValueError, OverflowError, OSError) as error:
        raise SettingsError(
            f"{option} {text[:40]!r}: expected a date such as 2026-11-01 or 2026-11-01T08:00"
        ) from error
    if not _FIRST <= moment <= _FINAL:
        raise SettingsError(f"{option} {text[:40]!r}: expected a date from 1970 on")
    return moment


def _local(moment: float, zone: ZoneInfo | None) -> datetime:
    told = datetime.fromtimestamp(moment, zone)
    return told if zone else told.astimezone()
