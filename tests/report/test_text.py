"""The report in 80 columns, and its words."""

from zoneinfo import ZoneInfo

import pytest
from rich.cells import cell_len

from ivr.report.figures import BANDS, AgentFigures, Band, NodeFigures, Report
from ivr.report.tallies import Period, Service, Volume
from ivr.report.text import band_name, lines
from ivr.report.window import window_of
from ivr.report.words import bar, left, number, percent, seconds, signed, sparkline

WINDOW = window_of("2026-11-01", "2026-11-03", "", 0.0, ZoneInfo("Asia/Shanghai"))


def small_report() -> Report:
    """One day, with names that are Chinese, long or hostile to a layout."""
    service = Service(answered=8, in_time=6, abandoned=2, handled=8, waited=90.0, talked=800.0,
                      longest=61.0)  # fmt: skip
    period = Period(Volume(calls=1234567, ended=20, contained=10, seconds=900.0), service)
    return Report(
        WINDOW,
        total=period,
        days={"2026-11-01": period},
        hours={hour: period if hour == 9 else Period() for hour in range(24)},
        queues={"zh-信用卡挂失与冻结业务咨询.3-funds_at_risk-复核": service},
        transfers={"zh-信用卡挂失与冻结业务咨询.3-funds_at_risk-复核": {"answered": 8}},
        agents=(AgentFigures("王静", 8, 800.0, 100.0, 11.25),),
        outcomes={"transferred": 10, "": 10},
        languages={"zh": 20},
        nodes=(
            NodeFigures("bank", "查询余额", 20, 25, 5, 1, 4, 6.5, (("转人工", 15), ("x" * 60, 5))),
        ),
    )


@pytest.mark.parametrize("by", ["hour", "day"])
def test_it_fits_in_80_columns(by: str) -> None:
    for line in lines(small_report(), by):
        assert cell_len(line) <= 80, line


def test_it_says_the_figures() -> None:
    text = "\n".join(lines(small_report(), "day"))
    assert "2026-11-01 00:00 to 2026-11-03 00:00, Asia/Shanghai" in text
    for word in ("1 234 567", "60.0 %", "20.0 %", "11.2 s", "王静", "查询余额", "转人工 60 %"):
        assert word in text
    assert "2026-11-01 Sun" in text and "09:00" not in text


def test_without_calls_it_says_so() -> None:
    assert list(lines(Report(WINDOW)))[-1] == "No calls began in this time."


def test_bands_have_names() -> None:
    names = [band_name(Band(least, 1, 0.0, 0.0)) for least in BANDS]
    assert names[0] == "less than 30 s" and names[1] == "30 s to 1 min"
    assert names[-1] == "10 min or more"


def test_words() -> None:
    assert (number(1234), percent(0.4567), percent(None)) == ("1 234", "45.7 %", "-")
    assert [seconds(value) for value in (None, 0.0, 59.94, 59.96, 83.4, 3723.0)] == [
        "-", "0.0 s", "59.9 s", "1:00", "1:23", "1:02:03",
    ]  # fmt: skip
    assert (signed(7.04), signed(-7.0)) == ("+7.0 s", "-7.0 s")
    assert sparkline([0.0, 0.01, 4.0, 8.0]) == " ▁▄█"
    assert sparkline([0.0, 0.0]) == "  "
    assert (bar(1.0, 3), bar(0.5, 3), bar(2.0, 1), bar(0.0, 3)) == ("███", "█▌", "█", "")
    assert left("查询余额", 6) == "查询… " and left("ab", 3) == "ab "
