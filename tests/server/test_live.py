"""Live: the board of a house is compared with Asterisk; alarms reach the record and a webhook."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ivr.errors import ManagerError
from ivr.live.alarms import LINK_LOST, QUEUE_LONGEST, Health
from ivr.live.picture import AlarmRow, Stage
from ivr.live.thresholds import Thresholds
from ivr.ports import SwitchEvent, SwitchFields, SwitchLost, SwitchNotice
from ivr.server import live as rim
from ivr.server.alarm_posts import AlarmPosts, event_of
from ivr.server.beside import beside
from ivr.server.live import Live
from ivr.store.alarms import AlarmLog
from ivr.store.database import default_url, open_database
from tests.live.world import QUEUES, Staff, World
from tests.server.test_webhook import Screens, posting
from tests.telephony.servers import until


class Crew(Staff):
    """A desk that keeps what it was told of members."""

    told: list[SwitchFields]

    def take_members(self, members: Any, asked: float) -> None:
        self.told = list(members)


class Switch:
    """An Asterisk that answers as its world stands, or not at all."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.connected = True
        self.silent = False
        self.asked = 0
        self.notices: asyncio.Queue[SwitchNotice] = asyncio.Queue()

    async def events(self) -> AsyncIterator[SwitchNotice]:
        while True:
            yield await self.notices.get()

    async def channels(self) -> tuple[SwitchFields, ...]:
        self.asked += 1
        if self.silent:
            raise ManagerError("no answer")
        return tuple(self.world.channels())

    async def queue_callers(self) -> tuple[SwitchFields, ...]:
        return tuple(self.world.queues())

    async def members_of(self, queue: str) -> tuple[SwitchFields, ...]:
        return ({"Event": "QueueMember", "Queue": queue},)


def a_house(thresholds: Thresholds | None = None) -> tuple[Live, World, Crew]:
    world, crew = World(), Crew()
    live = Live(crew, world.sessions, thresholds, clock=lambda: world.now)
    world.board = live.board
    return live, world, crew


async def test_what_was_lost_is_found_at_the_next_look(monkeypatch: Any) -> None:
    monkeypatch.setattr(rim, "RECONCILE_SECONDS", 0.01)
    live, world, crew = a_house()
    switch = Switch(world)
    world.tells = 0
    stranger = world.stranger(QUEUES[0])
    world.answer(stranger, "li")
    async with beside(live.work(switch)):
        await until(lambda: world.seen() == world.truth(), "the stranger is seen")
        assert crew.told == [{"Event": "QueueMember", "Queue": "fallback"}]
        switch.silent = True
        world.now += 1
        world.leave(stranger)
        asked = switch.asked
        await until(lambda: switch.asked > asked + 2, "it tries on")
        assert len(world.picture().calls) == 1
        switch.silent = False
        await until(lambda: not world.picture().calls, "the stranger is gone")
        switch.notices.put_nowait(SwitchEvent({"Event": "QueueCallerJoin", "Uniqueid": "1"}))
        switch.notices.put_nowait(SwitchLost())
        switch.connected = False
        await until(lambda: not world.picture().linked, "the link is lost")


async def test_a_fault_in_looking_on_ends_nothing(monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(rim, "RECONCILE_SECONDS", 0.01)
    monkeypatch.setattr(rim, "LOOK_SECONDS", 0.01)
    live, world, _ = a_house()
    switch, looks = Switch(world), 0

    def broken(*_: object) -> None:
        nonlocal looks
        looks += 1
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(live, "look", broken)
    monkeypatch.setattr(live.board, "take_notice", broken)
    async with beside(live.work(switch)):
        switch.notices.put_nowait(SwitchEvent({"Event": "Hangup"}))
        await until(lambda: looks > 3 and switch.asked > 1 and switch.notices.empty(), "it goes on")
    told = [one.message for one in caplog.records if "calls go on" in one.message]
    assert sorted(told) == [
        "following Asterisk's events for the board failed, calls go on: KeyError",
        "judging the alarms failed, calls go on: KeyError",
    ]


def test_alarms_are_shown_and_told_once() -> None:
    live, world, _ = a_house(Thresholds(queue_longest_seconds=5, nobody_seconds=0))
    told: list[tuple[str, float | None]] = []
    live.listeners.append(lambda row, cleared: told.append((row.rule, cleared)))
    caller = world.arrive()
    world.ask(caller, QUEUES[0])
    for _ in range(8):
        live.look()
        world.now += 1
    assert told == [(QUEUE_LONGEST, None)]
    assert [row.rule for row in world.picture().alarms] == [QUEUE_LONGEST]
    shown = world.picture().alarms
    live.look()
    assert world.picture().alarms is shown
    world.answer(caller, "li")
    for _ in range(12):
        live.look()
        world.now += 1
    assert [rule for rule, _ in told] == [QUEUE_LONGEST] * 2
    assert told[1][1] is not None
    assert world.picture().alarms == ()


def test_the_record_s_health_is_judged_and_told_to_prometheus() -> None:
    live, world, _ = a_house()
    live.health = lambda: Health(3, "no room")
    live.look()
    assert [row.text for row in world.picture().alarms] == ["the record cannot be written: no room"]
    text = live.metrics(world.picture()).decode()
    assert "ivr_record_backlog 3.0" in text
    assert 'ivr_alarms{rule="record-refuses"} 1.0' in text


def test_records_reach_board_and_tally() -> None:
    live, world, _ = a_house()
    record = {"at": 0.0, "call": "1.1", "what": "action", "kind": "EnterNode"}
    live.take({**record, "data": {"node": "main"}})
    live.take({**record, "kind": "Heard", "data": {"utterance": {}}})
    (row,) = world.picture().calls
    assert (row.node, row.turns, row.stage) == ("main", 1, Stage.TALKING)
    assert live.tally.nodes["main"].rate(world.now).turns == 1


async def test_alarms_are_kept_and_posted(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    kept, screens = AlarmLog(engine), Screens()
    kept.raised("nomatch-rate", "main", "of a server before", 10.0)
    row = AlarmRow(LINK_LOST, "asterisk", "the link", 100.0)
    async with posting(screens) as hook:
        posts = AlarmPosts(kept, hook.send)
        async with beside([posts.run(50.0)]):
            posts.tell(row, None)
            posts.tell(row, 120.0)
            await until(lambda: len(screens.bodies) == 2, "both are posted")
            await until(lambda: kept.last()[0].cleared == 120.0, "both are kept")
    newest, oldest = kept.last()
    assert (newest.rule, newest.raised, newest.cleared) == (LINK_LOST, 100.0, 120.0)
    assert (oldest.subject, oldest.cleared) == ("main", 50.0)
    assert screens.bodies == [event_of(row, None), event_of(row, 120.0)]
    assert json.loads(json.dumps(screens.bodies[1]))["event"] == "alarm_cleared"
    engine.dispose()


async def test_a_record_that_refuses_holds_up_nobody(tmp_path: Path) -> None:
    engine = open_database(default_url(tmp_path))
    posts = AlarmPosts(AlarmLog(engine), None)
    with engine.begin() as db:
        db.exec_driver_sql("DROP TABLE alarms")
    row = AlarmRow(LINK_LOST, "asterisk", "the link", 100.0)
    async with beside([posts.run(50.0)]):
        posts.tell(row, None)
        posts.tell(row, 120.0)  # taken up only by one who got over the first
        await until(lambda: posts.waiting == 0, "both are tried")
    engine.dispose()


async def test_a_mistake_with_one_alarm_ends_nothing(
    tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    engine = open_database(default_url(tmp_path))
    kept, cleared = AlarmLog(engine), []

    def broken(*_: object) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(kept, "raised", broken)
    monkeypatch.setattr(kept, "cleared", lambda *_: cleared.append("cleared"))
    posts = AlarmPosts(kept, None)
    row = AlarmRow(LINK_LOST, "asterisk", "the link", 100.0)
    async with beside([posts.run(50.0)]):
        for moment in (None, None, 120.0):
            posts.tell(row, moment)
        await until(lambda: bool(cleared), "the next is written")
    told = [one.message for one in caplog.records if "calls go on" in one.message]
    assert told == ["recording alarms failed, calls go on: KeyError"]
    engine.dispose()
