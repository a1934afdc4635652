"""Which stretch of time a report is about."""

from zoneinfo import ZoneInfo

import pytest

from ivr.errors import SettingsError
from ivr.report.window import window_of, zone_of

NOW = 1_795_000_000.0
BERLIN = ZoneInfo("Europe/Berlin")


def test_the_last_seven_days_unless_told_otherwise() -> None:
    window = window_of("", "", "", NOW)
    assert (window.since, window.until) == (NOW - 7 * 86_400, NOW)


@pytest.mark.parametrize(("last", "seconds"), [("24h", 86_400), ("3d", 259_200), ("2w", 1_209_600)])
def test_so_long_before_the_end(last: str, seconds: int) -> None:
    window = window_of("", "2026-11-01", last, NOW, BERLIN)
    assert window.until - window.since == seconds


def test_dates_are_midnights_of_the_zone() -> None:
    window = window_of("2026-03-29", "2026-03-30", "", NOW, BERLIN)
    assert (window.until - window.since) / 3600 == 23  # the night the clocks go forward
    assert f"{window.local(window.since):%H:%M %z}" == "00:00 +0100"
    assert f"{window.local(window.until):%H:%M %z}" == "00:00 +0200"
    assert window.zone_name == "Europe/Berlin"


def test_an_offset_is_believed() -> None:
    window = window_of("2026-11-01T08:00+08:00", "", "", NOW, BERLIN)
    assert f"{window.local(window.since):%H:%M}" == "01:00"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("yesterday", "", ""), "--since 'yesterday': expected a date"),
        (("", "2026-13-01", ""), "--until '2026-13-01': expected a date"),
        (("", "", "7x"), "--last '7x': expected a span"),
        (("", "", "0d"), "expected a span"),
        (("", "", "-7d"), "expected a span"),
        (("", "", "٧d"), "expected a span"),
        (("2026-11-01", "", "7d"), "give one"),
        (("2026-11-02", "2026-11-02", ""), "would be empty"),
        (("1969-01-01", "", ""), "from 1970 on"),
        (("1971-01-01", "", ""), "twenty years"),
        (("", "", "999999w"), "twenty years"),
    ],
)
def test_what_cannot_be_read(options: tuple[str, str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        window_of(*options, NOW, BERLIN)


@pytest.mark.parametrize("name", ["Asia/Nowhere", "../etc/passwd", "/etc/passwd", "\0"])
def test_no_such_zone(name: str) -> None:
    with pytest.raises(SettingsError, match="no such time zone"):
        zone_of(name)


def test_no_zone_is_this_machines() -> None:
    assert zone_of("") is None
    assert window_of("", "", "", NOW).zone_name
