"""From the spool into the record: nothing lost, nothing twice, whatever is killed or locked."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ivr.call.journal_files import JournalFiles
from ivr.errors import UnknownCallError
from ivr.store.check import check_record
from ivr.store.database import default_url, open_database, reading, writing
from ivr.store.export import export_journals, export_tables
from ivr.store.history import History, Wanted
from ivr.store.journals import Journals, read_journal
from ivr.store.retention import Retention
from ivr.store.sizes import sizes_of
from ivr.store.spool.recorder import Recorder
from tests.postgres_fixture import PostgresServer
from tests.store.records import BEGAN, call_contained, call_with_agent, record, spool
from tests.store.spool.writing_server import RECORDS_OF_A_CALL

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 30.0


def until(holds: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.01)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with reading(engine) as db:
        return [tuple(row) for row in db.execute(text(query))]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def test_a_grammar_is_kept_once_and_told_with_each_record(
    record_engine: Engine, folder: Path, tmp_path: Path
) -> None:
    grammar = {"language": "zh", "phrases": [f"选项{n}" for n in range(500)], "max_words": 0}
    other = {**grammar, "phrases": ["别的"]}
    calls = {}
    for call in ("1.1", "1.2"):
        calls[call] = call_contained(call, BEGAN)
        for nth, heard in enumerate((grammar, other, grammar), 1):
            listen = record(
                call, 0.1 * nth, "Listen", "action", grammar=heard, endpointing={"a": 1}
            )
            calls[call].insert(-1, listen)
        calls[call].insert(-1, record(call, 0.5, "Listen", "action", grammar="odd"))
        spool(folder, calls[call])
    with Recorder(record_engine, folder):
        pass
    history = History(record_engine)
    assert {call: history.records(call) for call in calls} == calls
    assert rows(record_engine, "SELECT count(*) FROM grammars") == [(2,)]
    sizes = sizes_of(record_engine)
    assert sizes.calls == 2 and sizes.grammars > 500 * len("选项".encode())
    assert sum(one.records for one in sizes.kinds) == sum(map(len, calls.values()))
    assert sum(one.bytes for one in sizes.kinds) < sizes.grammars

    (_, events) = export_tables(record_engine, Wanted(), ["events"], tmp_path, "jsonl")
    lines = [json.loads(line) for line in events.path.read_text("utf-8").splitlines()]
    found = [json.loads(line["data"]) for line in lines if line["kind"] == "Listen"]
    assert found.count({"grammar": grammar, "endpointing": {"a": 1}}) == 4
    assert set(lines[0]) == {"call", "seq", "at", "what", "kind", "data"}
    export_journals(record_engine, Wanted(), tmp_path / "journals")
    assert read_journal(tmp_path / "journals" / "1.2.jsonl") == calls["1.2"]
    assert check_record(record_engine, folder, BEGAN).faults == []

    retention = Retention(record_engine, 0, 0)
    for left, kept in (("1.1", 2), ("", 0)):
        with writing(record_engine) as db:
            db.execute(text("DELETE FROM records WHERE call <> :left"), {"left": left})
        retention.run()
        assert rows(record_engine, "SELECT count(*) FROM grammars") == [(kept,)]


def test_what_lies_in_the_spool_comes_into_the_record(record_engine: Engine, folder: Path) -> None:
    spool(folder, call_with_agent("1.1"))
    spool(folder, call_contained("1.2", BEGAN + 5))
    with Recorder(record_engine, folder, b"key"):
        pass  # leaving takes what is there
    history = History(record_engine)
    assert [one.call for one in history.calls().calls] == ["1.2", "1.1"]
    assert history.records("1.1") == call_with_agent("1.1")
    whole = history.call("1.1")
    assert whole.call.agent == "chen" and len(whole.visits) == 3 and len(whole.turns) == 2
    assert list(folder.iterdir()) == []


def test_a_call_that_goes_on_has_a_row_and_keeps_its_file(
    record_engine: Engine, folder: Path
) -> None:
    records = call_with_agent("1.1")
    with (
        Recorder(record_engine, folder, poll_seconds=0.02) as recorder,
        JournalFiles(folder) as files,
    ):
        for one in records[:6]:
            files.write(one)
        until(lambda: rows(record_engine, "SELECT count(*) FROM records") == [(6,)])
        (call,) = History(record_engine).calls().calls
        assert call.ended is None and call.began == BEGAN and call.caller_shown == "*******8000"
        assert files.path_of("1.1").exists() and recorder.left_over == set()
        for one in records[6:]:
            files.write(one)
        until(lambda: not files.path_of("1.1").exists())
    assert History(record_engine).call("1.1").call.ended == BEGAN + 90
    assert History(record_engine).records("1.1") == records


def test_taken_twice_it_is_there_once(record_engine: Engine, folder: Path) -> None:
    for _ in range(2):  # as if the server had died before it could remove the file
        spool(folder, call_with_agent("1.1"))
        with Recorder(record_engine, folder):
            pass
    assert History(record_engine).records("1.1") == call_with_agent("1.1")
    assert rows(record_engine, "SELECT count(*) FROM waits") == [(1,)]


def test_a_call_goes_on_after_its_file_was_taken(record_engine: Engine, folder: Path) -> None:
    records = call_with_agent("1.1")
    spool(folder, records)
    with Recorder(record_engine, folder):
        pass
    late = record("1.1", 95.0, "MessageKept", recording="x.wav")
    for _ in range(2):
        spool(folder, [late])
        with Recorder(record_engine, folder):
            pass
    assert History(record_engine).records("1.1") == [*records, late]
    assert History(record_engine).call("1.1").call.agent == "chen"


def test_lines_that_are_no_records_are_passed_over(record_engine: Engine, folder: Path) -> None:
    path = spool(folder, call_contained("1.1")[:3])
    with path.open("ab") as file:
        file.write(b'{"at": 1, "wh\n[]\nnull\n\xff\xfe\n{"at":1,"what":"x","kind":5,"data":{}}\n')
        file.write(b'{"at": 2, "call": "1.1", "what": "note", "kind": "Odd\\u0000", ')
        file.write(b'"data": {"text": "\\ud800\\u0000"}}\n')
    spool(folder, call_contained("1.1")[3:])
    with Recorder(record_engine, folder):
        pass
    found = History(record_engine).records("1.1")
    assert len(found) == 7 and found[3]["data"] == {"text": "\ud800\0"}
    assert History(record_engine).call("1.1").call.outcome == "goodbye"


def test_a_line_still_being_written_waits(record_engine: Engine, folder: Path) -> None:
    lines = [json.dumps(one) + "\n" for one in call_contained("1.1")]
    path = folder / "1.1.jsonl"
    folder.mkdir()
    path.write_text(lines[0] + lines[1][:20])
    with Recorder(record_engine, folder, poll_seconds=0.02):
        until(lambda: rows(record_engine, "SELECT count(*) FROM records") == [(1,)])
        with path.open("a") as file:
            file.write("".join([lines[1][20:], *lines[2:]]))
        until(lambda: not path.exists())
    assert len(History(record_engine).records("1.1")) == len(lines)


# -- calls that were cut off -----------------------------------------------------------------------


def test_a_call_that_was_cut_off_is_closed_unless_it_waits_on(
    record_engine: Engine, folder: Path
) -> None:
    spool(folder, call_with_agent("1.1")[:6])
    spool(folder, call_with_agent("1.2")[:13])
    (folder / "1.3.jsonl").write_text("")
    with Recorder(record_engine, folder, poll_seconds=0.02) as recorder:
        assert recorder.left_over == {"1.1", "1.2", "1.3"}
        recorder.close_lost({"1.2"})
        until(lambda: recorder.left_over == {"1.2"})
        assert History(record_engine).call("1.1").call.outcome == "lost"
        assert History(record_engine).call("1.1").call.ended == BEGAN + 4.0
        assert not History(record_engine).call("1.1").call.contained
        assert History(record_engine).call("1.2").call.ended is None
        recorder.close_lost(set())
        until(lambda: not recorder.left_over)
    assert History(record_engine).call("1.2").waits[0].outcome == "failed"
    assert list(folder.iterdir()) == []


def test_a_call_of_this_run_is_never_lost(record_engine: Engine, folder: Path) -> None:
    spool(folder, call_with_agent("1.1")[:6])
    files = JournalFiles(folder)
    with Recorder(record_engine, folder, going=files.going, poll_seconds=0.02) as recorder, files:
        files.write(call_with_agent("1.1")[6])
        until(lambda: files.written == 1)
        recorder.close_lost(set())
        until(lambda: recorder._alive is None)
        assert History(record_engine).call("1.1").call.outcome == ""


# -- outages ---------------------------------------------------------------------------------------


def test_a_locked_database_holds_up_nobody(tmp_path: Path, folder: Path) -> None:
    engine = open_database(default_url(tmp_path))
    other = sqlite3.connect(tmp_path / "record.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Recorder(engine, folder, poll_seconds=0.02), JournalFiles(folder) as files:
        slowest = 0.0
        for number in range(2000):
            began = time.perf_counter()
            files.write(record("1.1", float(number), "Heard"))
            slowest = max(slowest, time.perf_counter() - began)
        until(lambda: files.written == 2000)  # the spool grows on
        assert rows(engine, "SELECT count(*) FROM records") == [(0,)]
        other.execute("ROLLBACK")
        until(lambda: rows(engine, "SELECT count(*) FROM records") == [(2000,)])
    assert slowest < 1.0
    other.close()
    engine.dispose()


def test_a_server_that_is_away_is_caught_up_with(postgres: PostgresServer, folder: Path) -> None:
    engine = open_database(postgres.fresh())
    with Recorder(engine, folder, poll_seconds=0.02) as recorder:
        spool(folder, call_contained("1.1"))
        until(lambda: not (folder / "1.1.jsonl").exists())
        postgres.stop()
        try:
            spool(folder, call_contained("1.2"))
            until(lambda: recorder.failing)
            assert "s3cret" not in recorder.failing
            assert (folder / "1.2.jsonl").exists()
        finally:
            postgres.start()
        until(lambda: not (folder / "1.2.jsonl").exists())
        assert recorder.failing == "" or not (folder / "1.2.jsonl").exists()
    assert len(History(engine).records("1.2")) == len(call_contained("1.2"))
    engine.dispose()


def test_a_full_disk_is_waited_for(tmp_path: Path, folder: Path) -> None:
    engine = open_database(default_url(tmp_path))
    with Recorder(engine, folder, poll_seconds=0.02) as recorder:
        with engine.connect() as db:
            pages = db.exec_driver_sql("PRAGMA page_count").scalar()
        _limit_pages(engine, pages or 0)
        big = [record("1.1", 0.0, "Heard", fill="x" * 50_000) for _ in range(40)]
        spool(folder, [*big, record("1.1", 1.0, "CallEnded", outcome="x")])
        until(lambda: "full" in recorder.failing)
        assert rows(engine, "SELECT count(*) FROM records") == [(0,)], "nothing half"
        _limit_pages(engine, 1 << 20)
        until(lambda: not (folder / "1.1.jsonl").exists())
    assert rows(engine, "SELECT count(*) FROM records") == [(41,)]
    engine.dispose()


def _limit_pages(engine: Engine, pages: int) -> None:
    """As a disk that is full: SQLite gets no further pages on connections made from now on."""
    from sqlalchemy import event

    def limit(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(engine, "connect", limit)
    engine.dispose()


def test_one_call_that_the_database_refuses_keeps_no_others_out(
    record_url: str, folder: Path
) -> None:
    record_engine = open_database(record_url)
    with writing(record_engine) as db:
        if record_engine.dialect.name == "sqlite":
            db.execute(text(
                "CREATE TRIGGER no BEFORE INSERT ON records WHEN NEW.call = '1.2' "
                "BEGIN SELECT RAISE(ABORT, 'no'); END"
            ))  # fmt: skip
        else:
            db.execute(text("ALTER TABLE records ADD CHECK (call <> '1.2')"))
    for call in ("1.1", "1.2", "1.3"):
        spool(folder, call_contained(call))
    with Recorder(record_engine, folder):
        pass
    assert [one.call for one in History(record_engine).calls().calls] == ["1.3", "1.1"]
    assert [path.name for path in folder.iterdir()] == ["1.2.jsonl.unreadable"]
    record_engine.dispose()


# -- kill -9 ---------------------------------------------------------------------------------------


def test_kill_9_loses_no_record_that_was_written(record_url: str, folder: Path) -> None:
    """Many times: a server is killed at a random moment, while it spools and records."""
    chance = random.Random(os.urandom(8))
    promised: dict[str, int] = {}
    for life in range(8):
        name = f"life{life}"
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.store.spool.writing_server", folder, record_url, name],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert server.stdout is not None
        for _ in range(chance.randrange(1, 400)):
            promised[name] = int(server.stdout.readline())
        threading.Timer(chance.random() * 0.05, server.kill).start()
        for line in server.stdout:  # what it said before it died counts too
            if line.endswith("\n"):
                promised[name] = int(line)
        assert server.wait() == -9
        server.stdout.close()
    engine = open_database(record_url)
    with Recorder(engine, folder, poll_seconds=0.02) as recorder:
        recorder.close_lost(set())
        until(lambda: not recorder.left_over)
    found: dict[str, list[int]] = {}
    for call, seq, data in rows(engine, "SELECT call, seq, data FROM records ORDER BY call, seq"):
        name, number = str(call).split(".")
        fields = json.loads(str(data))
        if "number" not in fields:
            continue  # the end that the recorder wrote for a call that was cut off
        assert fields["number"] == int(number) * RECORDS_OF_A_CALL + int(str(seq))
        assert fields["fill"] == "字" * 200
        found.setdefault(name, []).append(fields["number"])
    for name, count in promised.items():
        numbers = sorted(found[name])
        assert numbers == list(range(len(numbers))), "exactly once, without a gap"
        assert len(numbers) >= count, "a record that was on disk is gone"
    assert rows(engine, "SELECT count(*) FROM calls WHERE ended IS NULL") == [(0,)]
    assert list(folder.iterdir()) == []
    engine.dispose()


# -- reading back ----------------------------------------------------------------------------------


def test_a_journal_is_found_in_the_spool_and_in_the_record(
    record_engine: Engine, folder: Path
) -> None:
    spool(folder, call_contained("1.1"))
    with Recorder(record_engine, folder):
        pass
    spool(folder, call_contained("1.2", BEGAN + 5))
    journals = Journals(folder, lambda: record_engine)
    assert journals.ids() == ["1.1", "1.2"]
    assert journals.of("1.1") == call_contained("1.1")
    assert journals.of("1.2") == call_contained("1.2", BEGAN + 5)
    for wrong in ("1.3", "../journal/1.2", "", "x" * 5000, "\0"):
        assert not journals.has(wrong)
    with pytest.raises(UnknownCallError):
        Journals(folder).of("1.1")
