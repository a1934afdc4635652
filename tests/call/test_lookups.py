"""Lookups in a live call: the backend is asked, its answer or failure leads on."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.flow.nodes.lookup import HttpAction
from ivr.ports import LookupReply
from tests.call.rig import Rig, rig
from tests.telephony.servers import until


class Backend:
    """Answers as it is told, once it is let."""

    def __init__(self, reply: LookupReply) -> None:
        self.reply = reply
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.may_answer = asyncio.Event()
        self.cancelled = False

    async def ask(self, action: HttpAction, arguments: Mapping[str, Any]) -> LookupReply:
        self.asked.append((action.url, arguments))
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.reply


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Rig]:
    async with rig(tmp_path) as made:
        yield made
    assert made.failures == []


async def at_the_lookup(room: Rig, backend: Backend | None) -> Any:
    room.services = replace(room.services, backend=backend)
    call = room.asterisk.dial()
    await room.at("main")
    call.press("6")
    await room.at("balance")
    return call


async def test_an_answer_fills_the_variables(room: Rig) -> None:
    backend = Backend(LookupReply("ok", {"balance": 12.5}, 200))
    backend.may_answer.set()
    call = await at_the_lookup(room, backend)
    await room.at("told")
    assert backend.asked == [("https://bank.example/{number}", {"number": "6688"})]
    assert room.sessions[0].state.slots["balance"] == 12.5
    (note,) = room.data("LookupDone")
    assert (note["exit"], note["status"], note["lookup"]) == ("ok", 200, "desk.balance")
    call.hang_up()
    await call.ended()


@pytest.mark.parametrize(
    "reply", [LookupReply("timeout"), LookupReply("ok", {"balance": "much"}, 200)]
)
async def test_a_failure_takes_its_exit(room: Rig, reply: LookupReply) -> None:
    backend = Backend(reply)
    backend.may_answer.set()
    call = await at_the_lookup(room, backend)
    await room.at("nobody")
    call.hang_up()
    await call.ended()


async def test_without_a_backend_it_is_not_configured(room: Rig) -> None:
    call = await at_the_lookup(room, None)
    await room.at("nobody")
    assert room.data("LookupEnded")[0]["exit"] == "not_configured"
    call.hang_up()
    await call.ended()


async def test_a_caller_who_leaves_waits_for_no_answer(room: Rig) -> None:
    backend = Backend(LookupReply("ok"))
    call = await at_the_lookup(room, backend)
    await until(lambda: bool(backend.asked), "the backend is asked")
    call.hang_up()
    await call.ended()
    assert backend.cancelled
