"""Callers: every provider knows the same, numbers stay out of the record, the loop never waits."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from ivr.ports import CallerBook, Lesson
from ivr.store.caller_history import COMPLAINED_DAYS, MAX_CHOICES, CallerHistory, known_by
from ivr.store.callers import KeptCallers
from ivr.store.database import default_url, open_database, reading
from ivr.store.tables import callers as callers_table
from tests.fakes.callers import MemoryCallers

NUMBER = "13800138000"
KEY = b"k" * 32
TODAY = {"is": date(2026, 11, 1)}
"""What the callers' books take for today; a test may move it."""


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def callers(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallerBook]:
    if request.param == "memory":
        yield MemoryCallers(lambda: TODAY["is"])
        return
    sqlite = request.param == "sqlite"
    url = default_url(tmp_path) if sqlite else request.getfixturevalue("postgres").fresh()
    engine = open_database(url)
    async with KeptCallers(engine, KEY, today=lambda: TODAY["is"]) as kept:
        yield kept
    engine.dispose()


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


async def test_a_complaint_is_recent_for_a_while(
    callers: CallerBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(TODAY, "is", date(2026, 11, 1))
    await callers.learn(NUMBER, Lesson((), "transferred", complained=True))
    assert (await callers.profile(NUMBER))["complained"] is True
    await callers.learn(NUMBER, Lesson((), "goodbye"))
    await callers.set_tier(NUMBER, "vip")
    TODAY["is"] += timedelta(days=COMPLAINED_DAYS)
    assert (await callers.profile(NUMBER))["complained"] is True, "not forgotten by a call"
    TODAY["is"] += timedelta(days=1)
    assert "complained" not in await callers.profile(NUMBER)


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


# -- in the record -----------------------------------------------------------------------------


async def test_it_is_known_after_a_restart_with_the_same_key_only(record_engine: Engine) -> None:
    async with KeptCallers(record_engine, KEY) as kept:
        await kept.learn(NUMBER, Lesson(("a.b.c",), "goodbye"))
    async with KeptCallers(record_engine, KEY) as kept:
        assert (await kept.profile(NUMBER))["calls"] == 1
    async with KeptCallers(record_engine, b"other") as kept:
        assert (await kept.profile(NUMBER))["calls"] == 0


async def test_no_number_is_in_the_record(record_engine: Engine) -> None:
    async with KeptCallers(record_engine, KEY) as kept:
        await kept.learn(NUMBER, Lesson(("a.b.c",), "goodbye"))
    with reading(record_engine) as db:
        rows = db.execute(select(callers_table)).mappings().all()
    assert [row["who"] for row in rows] == [known_by(NUMBER, KEY)]
    assert NUMBER not in str(rows)


async def test_a_locked_file_does_not_stop_the_loop(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    async with KeptCallers(engine, KEY) as kept:
        other = sqlite3.connect(tmp_path / "record.sqlite3", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        learning = asyncio.ensure_future(kept.learn(NUMBER, Lesson((), "goodbye")))
        for _ in range(100):  # the loop goes round while the disk waits
            await asyncio.sleep(0)
        assert not learning.done()
        other.execute("ROLLBACK")
        other.close()
        await learning
        assert (await kept.profile(NUMBER))["calls"] == 1
    engine.dispose()
