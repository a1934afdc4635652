"""The house: calls in its books while they go on, and a clear error before it opens."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from ivr.call.journal import Record
from ivr.errors import AsteriskError, IvrError, ManagerError, ModelError, SettingsError
from ivr.ports import SwitchBack, SwitchEvent, SwitchLost, SwitchManager, SwitchNotice
from ivr.routing.desk import Desk
from ivr.server.beside import beside
from ivr.server.house import House
from ivr.server.opening import open_house
from ivr.server.plans import read_plans
from ivr.server.settings import Settings
from tests.call.rig import Rig, rig
from tests.fakes.ami import FakeAmi
from tests.house_fixture import settings_on_free_ports
from tests.telephony.servers import servers, until


class Notices:
    """The manager's notices, as a test sends them."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[SwitchNotice | None] = asyncio.Queue()

    async def __aiter__(self) -> AsyncIterator[SwitchNotice]:
        while (notice := await self.sent.get()) is not None:
            yield notice

    def tell(self, **fields: str) -> None:
        self.sent.put_nowait(SwitchEvent(fields))


def house_of(room: Rig, records: list[Record]) -> House:
    settings = settings_on_free_ports(Path("unused"))
    plans, unreached = read_plans(settings), cast(SwitchManager, None)
    desk = Desk(plans.queues, plans.team, unreached)
    return House(plans, desk, room.services, (records.append,), None, settings)


async def test_books_are_kept_while_a_call_goes_on(tmp_path: Path) -> None:
    records: list[Record] = []
    async with rig(tmp_path) as room:
        house = house_of(room, records)
        notices = Notices()
        async with servers(house.serve) as own, asyncio.TaskGroup() as group:
            group.create_task(house.books.follow(notices.__aiter__()))
            call = _dial(room, own.agi.port)
            await until(lambda: call.unique_id in house.calls, "the call is known")
            unknown = {"Event": "AgentConnect", "Uniqueid": "7.7", "MemberName": "x"}
            notices.tell(**unknown)
            odd = {"Event": "AgentConnect", "Uniqueid": call.unique_id, "HoldTime": "soon"}
            notices.tell(**odd)
            notices.sent.put_nowait(SwitchLost())
            notices.sent.put_nowait(SwitchBack((), ()))
            good = {"MemberName": "wang", "HoldTime": "12"}
            notices.tell(**{**odd, **good})
            await until(lambda: _count(records, "AgentAnswered") == 2, "the agent is noted")
            call.hang_up()
            await call.ended()
            await until(lambda: not house.calls, "the books are closed")
            notices.sent.put_nowait(None)
    answered = [r["data"] for r in records if r["kind"] == "AgentAnswered"]
    assert answered == [{"agent": "", "waited": 0}, {"agent": "wang", "waited": 12}]
    assert records[-1]["kind"] == "CallEnded"
    assert records[-1]["data"] == {"outcome": "caller_hung_up"}


async def test_a_crash_is_journalled_by_name_and_told_on(tmp_path: Path) -> None:
    records: list[Record] = []
    async with rig(tmp_path) as room:
        house = house_of(room, records)

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("what the caller said")

        room.recogniser.listen = broken  # type: ignore[assignment, method-assign]
        async with servers(house.serve) as own:
            call = _dial(room, own.agi.port)
            await until(lambda: _count(records, "Listen") > 0, "it listens")
            call.say(b"\1\x20" * 160 * 12)
            await call.ended()
            await until(lambda: not house.calls, "the books are closed")
    assert not call.served
    assert [r["data"] for r in records if r["kind"] == "Crashed"] == [
        {"error": "ZeroDivisionError"}
    ]
    assert records[-1]["kind"] == "CallEnded"


def _dial(room: Rig, port: int) -> Any:
    room.asterisk._agi = ("127.0.0.1", port)
    return room.asterisk.dial()


def _count(records: list[Record], kind: str) -> int:
    return sum(record["kind"] == kind for record in records)


async def forever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("ended")


async def test_what_runs_beside_ends_with_its_block() -> None:
    ended: list[str] = []
    async with beside([forever(ended)]):
        await asyncio.sleep(0)
    assert ended == ["ended"]


async def test_a_block_s_own_error_comes_out_as_it_is() -> None:
    ended: list[str] = []
    with pytest.raises(ManagerError, match="why"):
        async with beside([forever(ended)]):
            await asyncio.sleep(0)
            raise ManagerError("why")
    assert ended == ["ended"]


async def test_what_fails_beside_ends_the_block() -> None:
    async def fails() -> None:
        raise ManagerError("why")

    ended: list[str] = []
    with pytest.raises(ManagerError, match="why"):
        async with beside([forever(ended), fails()]):
            await asyncio.Event().wait()
    assert ended == ["ended"]


# -- opening ------------------------------------------------------------------------------------


@pytest.fixture
def settings() -> Iterator[Settings]:
    """Settings of an Asterisk that is somewhere else."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        made = settings_on_free_ports(Path(folder))
        yield replace(made, asterisk=replace(made.asterisk, mode="external", ami_secret="s"))


async def refused(settings: Settings, kind: type[IvrError], said: str) -> None:
    """It does not open, says why, and leaves no port taken."""
    with pytest.raises(kind, match=said):
        async with open_house(settings, read_plans(settings)):
            raise AssertionError("it opened")
    for port in (settings.server.agi_port, settings.server.audio_port):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))


async def test_a_missing_model(settings: Settings) -> None:
    speech = replace(settings.speech, models={"zh": "no-such-model"})
    await refused(replace(settings, speech=speech), ModelError, r"no-such-model.*ivr models")


async def test_an_asterisk_that_is_not_there(settings: Settings) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    away = replace(settings, asterisk=replace(settings.asterisk, ami_port=port))
    await refused(away, ManagerError, str(port))


@pytest.mark.parametrize("name", ["agi_port", "audio_port"])
async def test_a_port_that_is_taken(settings: Settings, name: str) -> None:
    other = {"agi_port": "audio_port", "audio_port": "agi_port"}[name]
    async with FakeAmi() as ami:
        reachable = replace(settings.asterisk, ami_port=ami.port, ami_secret="secret")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            server = replace(settings.server, **{name: port})
            busy = replace(settings, server=server, asterisk=reachable)
            with pytest.raises(SettingsError, match=str(port)):
                async with open_house(busy, read_plans(busy)):
                    raise AssertionError("it opened")
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", getattr(server, other)))


@pytest.mark.asterisk
async def test_a_sip_port_that_is_taken(settings: Settings, asterisk_installation: object) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        private = replace(settings.asterisk, mode="private", sip_port=port)
        await refused(replace(settings, asterisk=private), AsteriskError, f":{port}/udp")
