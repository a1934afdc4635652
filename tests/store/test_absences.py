"""Who is away: kept over restarts, without anybody waiting for the disk."""

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from ivr.store.absences import Absences
from ivr.store.database import default_url, open_database


async def test_the_last_word_counts(record_engine: Engine) -> None:
    async with Absences(record_engine) as absences:
        assert absences.load() == {}
        absences.save({"li": "lunch"})
        absences.save({"li": "lunch", "chen": "meeting\0" * 50})
        absences.save({"chen": "meeting", "王": "午休"})
    assert Absences(record_engine).load() == {"chen": "meeting", "王": "午休"}
    async with Absences(record_engine) as absences:
        absences.save({})
    assert Absences(record_engine).load() == {}


async def test_a_locked_database_is_waited_for_by_nobody(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    other = sqlite3.connect(tmp_path / "record.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with Absences(engine) as absences:
        absences.save({"li": "lunch"})
        await asyncio.sleep(0)
        assert absences.load() == {}
        other.execute("ROLLBACK")
    assert absences.load() == {"li": "lunch"}
    other.close()
    engine.dispose()
