"""Callers: both providers know the same, numbers stay out of the file, the loop never waits."""

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from ivr.errors import StoreError
from ivr.ports import CallerBook, Lesson
from ivr.store.caller_history import COMPLAINED_DAYS, MAX_CHOICES, CallerHistory, known_by
from ivr.store.memory_callers import MemoryCallers
from ivr.store.sqlite_callers import SqliteCallers

NUMBER = "13800138000"
KEY = b"k" * 32


@pytest.fixture(params=["memory", "sqlite"])
async def callers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallerBook]:
    if request.param == "memory":
        yield MemoryCallers()
        return
    async with SqliteCallers(tmp_path / "runs" / "callers.sqlite3", KEY) as kept:
        yield kept


async def test_nobody_is_known_at_first(callers: CallerBook) -> None:
    assert await callers.profile(NUMBER) == {"calls": 0, "annoyed": False}


async def test_calls_and_choices_are_counted(callers: CallerBook) -> None:
    await callers.learn(NUMBER, Lesson(("bank.main.balance", "bank.main.more"), "goodbye"))
    await callers.learn(NUMBER, Lesson(("bank.main.balance",), "transferred"))
    assert await callers.profile(NUMBER) == {
        "calls": 2,
        "annoyed": False,
        "used.bank.main.balance": 2,
        "used.bank.main.more": 1,
    }
    assert (await callers.profile("13800138001"))["calls"] == 0


async def test_punctuation_in_a_number_does_not_matter(callers: CallerBook) -> None:
    await callers.learn("+86 138-0013", Lesson((), "goodbye"))
    assert (await callers.profile("861380013"))["calls"] == 1


@pytest.mark.parametrize("withheld", ["", "anonymous", "7"])
async def test_a_withheld_number_is_nobodys(callers: CallerBook, withheld: str) -> None:
    await callers.learn(withheld, Lesson(("a.b.c",), "goodbye"))
    await callers.set_tier(withheld, "vip")
    assert "used.a.b.c" not in await callers.profile(withheld)


@pytest.mark.parametrize(
    ("lesson", "annoyed"),
    [
        (Lesson((), "abandoned"), True),
        (Lesson((), "x", 3), True),
        (Lesson((), "goodbye", 2), False),
    ],
)
async def test_who_is_annoyed(callers: CallerBook, lesson: Lesson, annoyed: bool) -> None:
    await callers.learn(NUMBER, lesson)
    assert (await callers.profile(NUMBER))["annoyed"] is annoyed
    await callers.learn(NUMBER, Lesson((), "goodbye"))
    assert (await callers.profile(NUMBER))["annoyed"] is False, "a call that went well"


async def test_a_complaint_is_recent_for_a_while(tmp_path: Path) -> None:
    today = date(2026, 11, 1)
    stores = (
        MemoryCallers(lambda: today),
        SqliteCallers(tmp_path / "callers.sqlite3", KEY, today=lambda: today),
    )
    async with stores[1]:
        for callers in stores:
            today = date(2026, 11, 1)
            await callers.learn(NUMBER, Lesson((), "transferred", complained=True))
            assert (await callers.profile(NUMBER))["complained"] is True
            await callers.learn(NUMBER, Lesson((), "goodbye"))
            await callers.set_tier(NUMBER, "vip")
            today += timedelta(days=COMPLAINED_DAYS)
            assert (await callers.profile(NUMBER))["complained"] is True, "not forgotten by a call"
            today += timedelta(days=1)
            assert "complained" not in await callers.profile(NUMBER)


async def test_a_file_from_before_complaints_were_kept(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "CREATE TABLE callers (who TEXT PRIMARY KEY, tier TEXT NOT NULL DEFAULT '', "
            "calls INTEGER NOT NULL DEFAULT 0, annoyed INTEGER NOT NULL DEFAULT 0, "
            "used TEXT NOT NULL DEFAULT '{}', day TEXT NOT NULL) WITHOUT ROWID"
        )
        day = date.today().isoformat()
        old.execute(
            "INSERT INTO callers (who, tier, day) VALUES (?, 'vip', ?)",
            (known_by(NUMBER, KEY), day),
        )
        old.commit()
    async with SqliteCallers(path, KEY) as callers:
        assert (await callers.profile(NUMBER))["tier"] == "vip"
        await callers.learn(NUMBER, Lesson((), "transferred", complained=True))
    async with SqliteCallers(path, KEY) as callers:
        assert (await callers.profile(NUMBER))["complained"] is True


async def test_a_tier_stays_and_all_can_be_forgotten(callers: CallerBook) -> None:
    await callers.set_tier(NUMBER, "vip")
    await callers.learn(NUMBER, Lesson((), "goodbye"))
    assert (await callers.profile(NUMBER))["tier"] == "vip"
    assert await callers.forget(NUMBER)
    assert not await callers.forget(NUMBER)
    assert "tier" not in await callers.profile(NUMBER)


def test_the_least_used_choice_makes_room() -> None:
    history = CallerHistory(used={f"f.m.c{n}": 2 for n in range(MAX_CHOICES)})
    after = history.after(Lesson(("f.m.new",), "goodbye"), date.today())
    assert len(after.used) == MAX_CHOICES and "f.m.new" not in after.used


# -- on disk -----------------------------------------------------------------------------------


async def test_it_is_known_after_a_restart_with_the_same_key_only(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    async with SqliteCallers(path, KEY) as kept:
        await kept.learn(NUMBER, Lesson(("a.b.c",), "goodbye"))
    async with SqliteCallers(path, KEY) as kept:
        assert (await kept.profile(NUMBER))["calls"] == 1
    async with SqliteCallers(path, b"other") as kept:
        assert (await kept.profile(NUMBER))["calls"] == 0


async def test_no_number_is_in_the_file_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    async with SqliteCallers(path, KEY) as kept:
        await kept.learn(NUMBER, Lesson(("a.b.c",), "goodbye"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert NUMBER.encode() not in path.read_bytes()
    rows = sqlite3.connect(path).execute("SELECT who FROM callers").fetchall()
    assert rows == [(known_by(NUMBER, KEY),)]


async def test_who_has_not_called_for_long_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    async with SqliteCallers(path, KEY) as kept:
        await kept.learn(NUMBER, Lesson((), "goodbye"))
    with sqlite3.connect(path) as db:
        db.execute("UPDATE callers SET day = '2020-01-01'")
    db.close()
    async with SqliteCallers(path, KEY) as kept:
        assert (await kept.profile(NUMBER))["calls"] == 0


async def test_a_locked_file_does_not_stop_the_loop(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    async with SqliteCallers(path, KEY) as kept:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        learning = asyncio.ensure_future(kept.learn(NUMBER, Lesson((), "goodbye")))
        for _ in range(100):  # the loop goes round while the disk waits
            await asyncio.sleep(0)
        assert not learning.done()
        other.execute("ROLLBACK")
        other.close()
        await learning
        assert (await kept.profile(NUMBER))["calls"] == 1


async def test_a_file_that_is_no_store(tmp_path: Path) -> None:
    path = tmp_path / "callers.sqlite3"
    path.write_bytes(b"something else, and long enough to be looked at" * 100)
    with pytest.raises(StoreError, match="callers cannot be kept"):
        async with SqliteCallers(path, KEY):
            pass
