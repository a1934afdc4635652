"""Waits of late: those that were some, the latest of them, in order."""

import pytest
from sqlalchemy import Engine, insert

from ivr.store.database import writing
from ivr.store.tables import waits
from ivr.store.waits import MAX_WAITS, Wait, latest_waits


def keep(engine: Engine, *found: tuple[str, float, float | None]) -> None:
    rows = [
        {"call": f"c{number}", "nth": 0, "queue": queue, "joined": joined, "waited": waited}
        for number, (queue, joined, waited) in enumerate(found)
    ]
    with writing(engine) as db:
        db.execute(insert(waits), rows)


def test_those_who_stood_in_line(record_engine: Engine) -> None:
    keep(
        record_engine,
        ("zh", 300.0, 20.0),
        ("zh", 200.0, 30.0),
        ("zh", 250.0, 4.0),  # answered at once
        ("zh", 260.0, None),  # waits still
        ("zh", 100.0, 60.0),  # too long ago
    )
    assert latest_waits(record_engine, 150.0) == [Wait("zh", 200, 230), Wait("zh", 300, 320)]


@pytest.mark.parametrize("more", [10])
def test_only_the_last_are_read(record_engine: Engine, more: int) -> None:
    keep(record_engine, *(("zh", float(n), 10.0) for n in range(MAX_WAITS + more)))
    found = latest_waits(record_engine, 0.0)
    assert len(found) == MAX_WAITS
    assert (found[0].joined, found[-1].joined) == (more, MAX_WAITS + more - 1)
