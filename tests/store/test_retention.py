"""What is too old goes: words first, then calls, with the sound; nothing else does."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ivr.errors import UnknownCallError
from ivr.store.alarms import AlarmLog
from ivr.store.audit import AuditLog
from ivr.store.callbacks import CLOSED, WAITING, CallbackStore
from ivr.store.database import reading, writing
from ivr.store.history import History
from ivr.store.retention import BATCH, DAY, Retention
from ivr.store.spool.recorder import Recorder
from tests.store.records import BEGAN, call_with_agent, spool

NOW = BEGAN + 100 * DAY


def filled(engine: Engine, folder: Path, *days: float) -> History:
    """Calls of so many days ago, each with sound and a message."""
    for name in ("recordings", "messages"):
        (folder / name).mkdir()
    for number, ago in enumerate(days):
        call = f"1.{number}"
        spool(folder / "journal", call_with_agent(call, NOW - ago * DAY))
        (folder / "recordings" / f"{call}.wav").write_text("sound")
        (folder / "messages" / f"{call}-3.wav").write_text("sound")
    with Recorder(engine, folder / "journal", recordings=folder / "recordings"):
        pass
    return History(engine)


def retention(engine: Engine, folder: Path, days: int, transcripts: int) -> Retention:
    folders = (folder / "recordings", folder / "messages")
    return Retention(engine, days, transcripts, folders, lambda: NOW)


def test_words_go_first_then_the_call(record_engine: Engine, tmp_path: Path) -> None:
    history = filled(record_engine, tmp_path, 1, 40, 90)
    assert history.call("1.1").call.recording == "1.1.wav"
    done = retention(record_engine, tmp_path, 60, 30).run()
    assert (done.calls, done.transcripts, done.files) == (1, 2, 4)
    assert [one.call for one in history.calls().calls] == ["1.0", "1.1"]
    old = history.call("1.1")
    assert old.turns == () and len(old.visits) == 3 and old.call.recording == ""
    with pytest.raises(UnknownCallError):
        history.records("1.1")
    assert len(history.records("1.0")) == len(call_with_agent("1.0"))
    left = sorted(path.name for path in tmp_path.glob("*/*.wav"))
    assert left == ["1.0-3.wav", "1.0.wav"]
    again = retention(record_engine, tmp_path, 60, 30).run()
    assert (again.calls, again.transcripts, again.files) == (0, 0, 0)


def test_0_days_are_for_ever(record_engine: Engine, tmp_path: Path) -> None:
    history = filled(record_engine, tmp_path, 1, 4000)
    assert retention(record_engine, tmp_path, 0, 0).run().calls == 0
    assert len(history.calls().calls) == 2
    done = retention(record_engine, tmp_path, 0, 30).run()
    assert (done.calls, done.transcripts) == (0, 1)


def test_each_step_is_small(record_engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"call": f"1.{n}", "began": NOW - 500 * DAY, "ended": NOW - 500 * DAY}
        for n in range(3 * BATCH)
    ]
    with writing(record_engine) as db:
        db.execute(
            text("INSERT INTO calls (call, began, ended) VALUES (:call, :began, :ended)"), rows
        )
    steps = list(retention(record_engine, tmp_path, 60, 30).steps())
    assert steps[:3] == [BATCH] * 3 and max(steps) == BATCH


def test_other_entries(record_engine: Engine, tmp_path: Path) -> None:
    audit, alarms, store = (
        AuditLog(record_engine), AlarmLog(record_engine), CallbackStore(record_engine),
    )  # fmt: skip
    for ago in (1, 90):
        at = NOW - ago * DAY
        audit.add(at, "chen", "admin", "agents.reload", "", {}, "done")
        alarms.raised("rule", f"over{ago}", "", at)
        alarms.cleared("rule", f"over{ago}", at)
    alarms.raised("rule", "goes on", "", NOW - 90 * DAY)
    for number in ("1", "2"):
        store.add(number, NOW - 90 * DAY, {})
    store.move(1, WAITING, CLOSED)
    assert retention(record_engine, tmp_path, 60, 30).run().others == 3
    assert len(audit.last()) == 1
    assert {one.subject for one in alarms.last()} == {"over1", "goes on"}
    assert [one.number for one in store.open()] == ["2"], "a promise is kept however old"


def test_who_has_not_called_for_long_is_forgotten(record_engine: Engine, tmp_path: Path) -> None:
    with writing(record_engine) as db:
        for who, day in (("a", "2020-01-01"), ("b", "2999-01-01")):
            db.execute(
                text("INSERT INTO callers (who, day) VALUES (:who, :day)"), {"who": who, "day": day}
            )
    retention(record_engine, tmp_path, 60, 30).run()
    with reading(record_engine) as db:
        assert db.execute(text("SELECT who FROM callers")).scalars().all() == ["b"]


def test_a_call_that_goes_on_keeps_its_words(record_engine: Engine, tmp_path: Path) -> None:
    spool(tmp_path / "journal", call_with_agent("1.1", NOW - 40 * DAY)[:6])
    with Recorder(record_engine, tmp_path / "journal"):
        pass
    retention(record_engine, tmp_path, 60, 30).run()
    assert len(History(record_engine).records("1.1")) == 6


def test_the_recorder_forgets_too(record_engine: Engine, tmp_path: Path) -> None:
    history = filled(record_engine, tmp_path, 1, 90)
    old = retention(record_engine, tmp_path, 60, 30)
    with Recorder(record_engine, tmp_path / "journal", retention=old.steps, poll_seconds=0.01):
        import time

        limit = time.monotonic() + 30
        while len(history.calls().calls) == 2 and time.monotonic() < limit:
            time.sleep(0.01)
    assert [one.call for one in history.calls().calls] == ["1.0"]
