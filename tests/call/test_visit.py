"""Visits: a caller is known by the next call, and a store that fails is not heard."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.call.visit import Visit
from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.engine import start
from ivr.errors import StoreError
from ivr.flow.need import Need
from ivr.ports import Lesson, Profile
from tests.call.rig import Rig, rig
from tests.dialogue.talks import CLINIC
from tests.fakes.callers import MemoryCallers

NUMBER = "13800138000"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as made:
        yield made
    assert made.failures == []


async def a_call(room: Rig) -> None:
    calls = len(room.sessions)
    call = room.asterisk.dial(caller=NUMBER)
    await room.at("main", calls + 1)
    call.press("3")
    await call.ended()


async def test_the_next_call_knows_what_was_chosen(room: Rig) -> None:
    callers = MemoryCallers()
    room.services = replace(room.services, callers=callers)
    await a_call(room)
    await a_call(room)
    first, second = room.data("CallStarted")
    assert first["profile"] == {"calls": 0, "annoyed": False}
    assert second["profile"] == {"calls": 1, "annoyed": False, "used.desk.main.bye": 1}


async def test_a_complaint_is_remembered() -> None:
    callers = MemoryCallers()
    for number, issue in ((NUMBER, "complaint"), ("13800138001", "loans")):
        visit = Visit(callers, number, lambda kind, **data: None)
        visit.saw(StartTransfer(1, Need(issue=issue), "zh"))
        await visit.over(start(CLINIC, "clinic"))
    assert (await callers.profile(NUMBER))["complained"] is True
    assert "complained" not in await callers.profile("13800138001")


class Broken(MemoryCallers):
    async def profile(self, caller: str) -> Profile:
        raise StoreError("the disk is away")

    async def learn(self, caller: str, lesson: Lesson) -> None:
        raise StoreError("the disk is away")


class Slow(MemoryCallers):
    async def profile(self, caller: str) -> Profile:
        await asyncio.sleep(60)
        return {}


@pytest.mark.parametrize("callers", [Broken(), Slow()])
async def test_a_store_that_fails_is_not_heard(room: Rig, callers: MemoryCallers) -> None:
    room.services = replace(room.services, callers=callers)
    await a_call(room)
    assert "ProfileMissing" in room.kinds()
    assert room.sessions[0].state.outcome == "goodbye"
