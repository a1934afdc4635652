"""Files of earlier versions come into the record once, and are renamed."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ivr.errors import StoreError
from ivr.store.absences import Absences
from ivr.store.callbacks import CallbackStore
from ivr.store.caller_history import known_by
from ivr.store.callers import KeptCallers
from ivr.store.taking_over import take_over

KEY = b"k" * 32
OLD_CALLERS = """
CREATE TABLE callers (who TEXT PRIMARY KEY, tier TEXT NOT NULL DEFAULT '',
    calls INTEGER NOT NULL DEFAULT 0, annoyed INTEGER NOT NULL DEFAULT 0,
    used TEXT NOT NULL DEFAULT '{}', day TEXT NOT NULL) WITHOUT ROWID
"""
OLD_CALLBACKS = """
CREATE TABLE callbacks (id INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL,
    joined REAL NOT NULL, story TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '')
"""


def old_files(runs: Path) -> None:
    with closing(sqlite3.connect(runs / "callers.sqlite3")) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(OLD_CALLERS)
        row = (known_by("13800138000", KEY), "vip", 7, 1, '{"bank.main.balance": 3}')
        db.execute("INSERT INTO callers VALUES (?, ?, ?, ?, ?, date('now'))", row)
        db.commit()
    with closing(sqlite3.connect(runs / "callbacks.sqlite3")) as db:
        db.execute(OLD_CALLBACKS)
        for number in ("1", "2"):
            db.execute("INSERT INTO callbacks (number, joined, story) VALUES (?, 5, '{}')", number)
        db.commit()
    (runs / "absences.json").write_text(json.dumps({"li": "lunch"}))


async def test_everything_is_taken_over_once(record_engine: Engine, tmp_path: Path) -> None:
    runs = tmp_path / "old"
    runs.mkdir()
    old_files(runs)
    for _ in range(2):
        take_over(record_engine, runs)
    async with KeptCallers(record_engine, KEY) as callers:
        profile = await callers.profile("13800138000")
    assert profile == {"tier": "vip", "calls": 7, "annoyed": True, "used.bank.main.balance": 3}
    store = CallbackStore(record_engine)
    assert [one.number for one in store.open()] == ["1", "2"]
    assert store.add("3", 6.0, {}).id == 3, "numbers go on"
    assert Absences(record_engine).load() == {"li": "lunch"}
    left = {path.name for path in runs.iterdir()}
    assert {"callers.sqlite3.imported", "callbacks.sqlite3.imported"} <= left
    assert not any(name.endswith((".sqlite3", ".json")) for name in left)


def test_what_the_record_has_already_is_not_added_to(record_engine: Engine, tmp_path: Path) -> None:
    runs = tmp_path / "old"
    runs.mkdir()
    old_files(runs)
    CallbackStore(record_engine).add("9", 1.0, {})
    take_over(record_engine, runs)
    assert [one.number for one in CallbackStore(record_engine).open()] == ["9"]
    assert (runs / "callbacks.sqlite3").exists()


@pytest.mark.parametrize("name", ["callers.sqlite3", "callbacks.sqlite3", "absences.json"])
def test_a_file_that_is_something_else_is_told(
    record_engine: Engine, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"[1, 2" * 500)
    with pytest.raises(StoreError, match=rf"{name}: cannot be taken over .*remove this file"):
        take_over(record_engine, tmp_path)
    assert (tmp_path / name).exists()
