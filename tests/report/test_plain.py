"""The report as data for programs."""

import json

from ivr.report.plain import HEADING, plain, rows
from tests.report.test_text import small_report


def test_json_holds_every_part() -> None:
    found = json.loads(json.dumps(plain(small_report())))
    assert found["total"]["service_level"] == 0.6
    assert found["total"]["aht"] == 100.0
    assert found["days"]["2026-11-01"]["calls"] == 1_234_567
    assert found["hours"]["03"]["service_level"] is None
    assert found["nodes"]["bank/查询余额"]["left_by"]["转人工"] == 15
    assert found["agents"]["王静"]["talk"] == 100.0
    assert found["window"]["since"] == "2026-11-01T00:00:00+08:00"


def test_rows_say_the_same() -> None:
    found = list(rows(small_report()))
    assert all(len(row) == len(HEADING) for row in found)
    assert ("total", "", "service_level", 0.6) in found
    assert ("hours", "03", "service_level", "") in found
    assert ("nodes", "bank/查询余额", "left_by.转人工", 15) in found
    assert ("languages", "", "zh", 20) in found
    keys = [row[:3] for row in found]
    assert len(set(keys)) == len(keys)
