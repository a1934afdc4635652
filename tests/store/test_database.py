"""The record's database: made, migrated, refused; the same on SQLite and PostgreSQL."""

import json
import sqlite3
import stat
import threading
import time
import traceback
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, insert, inspect, text

from ivr.errors import StoreError
from ivr.store import database
from ivr.store.database import SCHEMA, default_url, open_database, reading, within, writing
from ivr.store.failures import passing
from ivr.store.history import History
from ivr.store.tables import absences, metadata
from tests.postgres_fixture import PASSWORD, PostgresServer


def test_the_migrations_make_what_the_program_knows(record_engine: Engine) -> None:
    with record_engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA
        found = set(inspect(connection).get_table_names())
    assert found == set(metadata.tables) | {"alembic_version"}


def test_opening_again_changes_nothing(record_url: str) -> None:
    for _ in range(2):
        engine = open_database(record_url)
        with writing(engine) as db:
            db.execute(text("INSERT INTO absences VALUES ('li', 'lunch') ON CONFLICT DO NOTHING"))
        engine.dispose()
    engine = open_database(record_url)
    with reading(engine) as db:
        assert db.execute(text("SELECT * FROM absences")).all() == [("li", "lunch")]
    engine.dispose()


def test_many_open_an_empty_database_at_once(record_url: str) -> None:
    failed: list[BaseException] = []

    def open_it() -> None:
        try:
            open_database(record_url).dispose()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_record_of_the_first_version_is_brought_up_to_date(record_url: str) -> None:
    grammar = {"language": "zh", "phrases": ["挂失", "查余额"]}
    data = json.dumps({"grammar": grammar, "endpointing": {"silence": 0.5}}, ensure_ascii=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "SCHEMA", "0001")
        engine = open_database(record_url)
    with writing(engine) as db:
        columns = {column["name"] for column in inspect(db).get_columns("records")}
        db.execute(
            text("INSERT INTO records VALUES ('1.1', 0, 1.5, 'action', 'Listen', :data)"),
            {"data": data},
        )
    engine.dispose()
    assert "grammar" not in columns

    engine = open_database(record_url)
    (kept,) = History(engine).records("1.1")
    assert kept["data"] == json.loads(data) and kept["at"] == 1.5
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == SCHEMA != "0001"
    engine.dispose()


def test_newer_tables_are_left_alone(record_url: str) -> None:
    engine = open_database(record_url)
    with writing(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match=r"version 9999, this program knows .*newer program"):
        open_database(record_url)


def test_a_write_that_fails_leaves_nothing(record_engine: Engine) -> None:
    def write_and_fail() -> None:
        with writing(record_engine) as db:
            db.execute(text("INSERT INTO absences VALUES ('li', 'lunch')"))
            db.execute(text("INSERT INTO absences VALUES ('li', 'again')"))

    with pytest.raises(StoreError) as caught:
        write_and_fail()
    assert "\n" not in str(caught.value) and "again" not in str(caught.value).split(": ", 1)[0]
    with reading(record_engine) as db:
        assert db.execute(text("SELECT * FROM absences")).all() == []


def test_a_traceback_holds_nothing_that_was_said(record_engine: Engine) -> None:
    row = {"agent": "li", "reason": "6222 0000"}
    with pytest.raises(StoreError) as caught, writing(record_engine) as db:
        for _ in range(2):
            db.execute(insert(absences), row)
    told = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO absences" in told and "6222" not in told


ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n{}) SELECT count(*) FROM n"


def test_a_question_that_takes_too_long_is_ended(record_engine: Engine) -> None:
    asked = within(record_engine, 0.3)
    for _ in range(2):
        began = time.monotonic()
        with (
            pytest.raises(
                StoreError, match=r"did not answer within 0\.3 s: ask for less"
            ) as caught,
            reading(asked) as db,
        ):
            db.execute(text(ENDLESS.format("")))
        assert time.monotonic() - began < 5 and not passing(caught.value)
    few = text(ENDLESS.format(" WHERE x < 300000"))
    for engine in (asked, record_engine):  # of one pool: nothing of the bound is left behind
        with reading(engine) as db:
            assert db.execute(text("SELECT 1")).scalar() == 1
    with reading(record_engine) as db:
        assert db.execute(few).scalar() == 300_000
    with writing(asked) as db:
        db.execute(insert(absences), {"agent": "li", "reason": "lunch"})
        assert db.execute(few).scalar() == 300_000


# -- refusals --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "no database URL"),
        ("nonsense", "no database URL"),
        ("postgresql://host:port/x", "no database URL"),
        ("sqlite://", "needs a plain file"),
        ("sqlite:///:memory:", "needs a plain file"),
        ("sqlite:////tmp/x?mode=memory", "needs a plain file"),
        ("mysql://u:hidden@h/x", "cannot be kept in mysql"),
        ("postgresql+nobody://u:hidden@h/x", "cannot be kept in"),
        ("postgresql://u:hidden@127.0.0.1:1/x", "cannot be opened"),
    ],
)
def test_addresses_that_cannot_be_used(url: str, why: str) -> None:
    with pytest.raises(StoreError, match=why) as caught:
        open_database(url)
    assert "hidden" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_wrong_password_is_not_shown(postgres: PostgresServer) -> None:
    with pytest.raises(StoreError, match="password authentication failed") as caught:
        open_database(postgres.url(password="wr0ng"))
    assert "wr0ng" not in str(caught.value) and PASSWORD not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "record.sqlite3"
    path.write_bytes(b"something else, and long enough to be looked at" * 100)
    with pytest.raises(StoreError, match=r"record.sqlite3: cannot be opened: .*not a database"):
        open_database(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(default_url(tmp_path / "file" / "runs"))


# -- SQLite's own ----------------------------------------------------------------------------------


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    engine = open_database(default_url(runs))
    with writing(engine) as db:
        db.execute(text("INSERT INTO absences VALUES ('li', 'lunch')"))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in runs.iterdir()}
    engine.dispose()
    assert stat.S_IMODE(runs.stat().st_mode) == 0o700
    assert modes == dict.fromkeys(
        ("record.sqlite3", "record.sqlite3-wal", "record.sqlite3-shm"), 0o600
    )


def test_how_sqlite_is_told_to_write(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    with reading(engine) as db:
        found = [
            db.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "secure_delete")
        ]
    engine.dispose()
    assert found == ["wal", 2, 1]


def test_a_writer_waits_for_another_program(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    other = sqlite3.connect(
        tmp_path / "record.sqlite3", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(1.0, lambda: other.execute("ROLLBACK"))
    timer.start()
    with writing(engine) as db:
        db.execute(text("INSERT INTO absences VALUES ('li', 'lunch')"))
    timer.join()
    other.close()
    engine.dispose()
