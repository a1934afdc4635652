"""The audit log and the log of alarms: in order, whole, whatever is written into them."""

import pytest
from sqlalchemy import Engine

from ivr.errors import QueryError
from ivr.store.alarms import AlarmLog
from ivr.store.audit import AuditLog


def test_every_order_is_kept_newest_first(record_engine: Engine) -> None:
    log = AuditLog(record_engine)
    for number in range(5):
        log.add(float(number), "chen", "supervisor", "calls.hangup", f"1.{number}", {}, "done")
    log.add(9.0, "eve", "viewer", "calls.hangup", "1.1", {"call": "1.1"}, "refused", "not allowed")
    first, second, *_ = entries = log.last()
    assert (first.who, first.result, first.why, first.words) == (
        "eve", "refused", "not allowed", {"call": "1.1"},
    )  # fmt: skip
    assert second.subject == "1.4" and len(entries) == 6
    assert [one.id for one in log.last(2, before_id=first.id)] == [5, 4]
    assert log.last(10, before_id=1) == []


def test_an_order_of_any_text_is_kept(record_engine: Engine) -> None:
    log = AuditLog(record_engine)
    odd = "\0\ud800'; DROP TABLE audit; --" * 100
    log.add(1.0, odd, odd, odd, odd, {odd: odd, "n": object()}, odd, odd)
    (entry,) = log.last()
    assert len(entry.who) == 80 and entry.who.startswith("\ufffd\ufffd'; DROP")
    assert entry.words.keys() == {"too long"}


@pytest.mark.parametrize(("limit", "before"), [(0, None), (1001, None), (5, -1), (5, 1 << 63)])
def test_absurd_pages(record_engine: Engine, limit: int, before: int | None) -> None:
    with pytest.raises(QueryError):
        AuditLog(record_engine).last(limit, before)


def test_an_alarm_goes_off_once_and_is_over(record_engine: Engine) -> None:
    log = AlarmLog(record_engine)
    log.raised("queue_longest", "cards", "somebody waits for 70 s", 10.0)
    log.raised("queue_longest", "cards", "somebody waits for 80 s", 20.0)
    log.raised("queue_longest", "loans", "\0", 21.0)
    log.cleared("queue_longest", "cards", 30.0)
    log.raised("queue_longest", "cards", "again", 40.0)
    kept = [(one.subject, one.raised, one.cleared) for one in log.last()]
    assert kept == [("cards", 40.0, None), ("loans", 21.0, None), ("cards", 10.0, 30.0)]
    log.clear_all(50.0)
    assert all(one.cleared for one in log.last())
    assert [one.raised for one in log.last(since=21.0)] == [40.0, 21.0]
    with pytest.raises(QueryError):
        log.last(0)
