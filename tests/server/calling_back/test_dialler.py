"""Callbacks without a telephone: what the dialler makes of what is in the store."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.records import record_of
from ivr.flow.need import Need
from ivr.ports import SwitchEvent, SwitchNotice
from ivr.server.beside import beside
from ivr.server.calling_back import dialler
from ivr.server.calling_back.dialler import Callbacks
from ivr.server.settings import CallbackSettings
from ivr.store.callbacks import CLOSED, DIALLING, WAITING, CallbackStore
from ivr.store.database import default_url, open_database
from tests.telephony.servers import until


class Switch:
    """An Asterisk that dials whomever it is told to."""

    def __init__(self) -> None:
        self.dialled: list[str] = []

    async def channels(self) -> tuple[dict[str, str], ...]:
        return ()

    async def originate(self, channel: str, *_: Any) -> None:
        self.dialled.append(channel)


async def test_a_fault_with_one_promise_is_told_once_and_holds_up_nobody(
    tmp_path: Path, monkeypatch: Any, caplog: Any
) -> None:
    monkeypatch.setattr(dialler, "LOOK_SECONDS", 0.01)
    engine, switch, tried = open_database(default_url(tmp_path)), Switch(), 0
    store = CallbackStore(engine)
    for nth, skill in enumerate(("odd", "loans")):
        order = record_of(StartTransfer(1, Need({skill: 1}), "zh"))
        store.add(f"1380013800{nth}", 1.0 + nth, {"transfer": order})

    def match(need: Need, *_: object) -> Any:
        nonlocal tried
        if "odd" in need.skills:
            tried += 1
            raise KeyError("a mistake of ours")
        return SimpleNamespace(entry=SimpleNamespace(queue="zh-loans", max_penalty=10))

    desk = SimpleNamespace(connected=True, match=match, estimate=lambda entry: None)
    settings = CallbackSettings(dial="PJSIP/{number}@trunk")
    callbacks = Callbacks(store, cast(Any, desk), cast(Any, switch), settings)

    async def notices() -> AsyncIterator[SwitchNotice]:
        await until(lambda: bool(switch.dialled), "the good one is dialled")
        good = store.dialling()[0]
        yield SwitchEvent(
            {
                "Event": "OriginateResponse",
                "Response": "Failure",
                "Uniqueid": f"callback-{good.id}-{good.attempts}",
            }
        )

    async with beside([callbacks.run()]):
        await callbacks.follow(notices())
        await until(lambda: tried > 3, "it is looked at again")
    assert switch.dialled == ["PJSIP/13800138001@trunk"] and store.dialling() == []
    told = [one.message for one in caplog.records if "calls go on" in one.message]
    assert told == ["calling people back failed, calls go on: KeyError"]
    engine.dispose()


async def test_who_answers_is_waited_for_by_a_clock_that_nobody_sets(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(dialler, "LOOK_SECONDS", 0.01)
    engine, switch, looks = open_database(default_url(tmp_path)), Switch(), 0
    store = CallbackStore(engine)
    order = record_of(StartTransfer(1, Need({"loans": 1}), "zh"))
    promised = store.add("13800138000", 1.0, {"transfer": order})
    assert store.move(promised.id, WAITING, DIALLING)

    def leap() -> float:  # a day between any two looks at the clock
        nonlocal looks
        looks += 1
        return 86_400.0 * looks

    desk = SimpleNamespace(connected=True)
    settings = CallbackSettings(dial="PJSIP/{number}@trunk")
    callbacks = Callbacks(store, cast(Any, desk), cast(Any, switch), settings, leap)
    monkeypatch.setattr(callbacks, "_recovered", True)
    async with beside([callbacks.run()]):
        await until(lambda: looks > 3, "it was looked at")
        assert store.get(promised.id).state == DIALLING
        monkeypatch.setattr(dialler, "ANSWER_SECONDS", 0.0)
        await until(lambda: store.get(promised.id).state == WAITING, "nobody answered")
    engine.dispose()


async def test_a_promise_that_cannot_be_read_holds_up_nobody(
    tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr(dialler, "LOOK_SECONDS", 0.01)
    engine, switch = open_database(default_url(tmp_path)), Switch()
    store = CallbackStore(engine)
    order = record_of(StartTransfer(1, Need({"loans": 1}), "zh"))
    strange = store.add("13800138000", 1.0, {"transfer": {**order, "of a later version": 1}})
    empty = store.add("13800138001", 2.0, {})
    good = store.add("13800138002", 3.0, {"transfer": order})
    desk = SimpleNamespace(
        connected=True,
        match=lambda *_: SimpleNamespace(entry=SimpleNamespace(queue="zh-loans", max_penalty=10)),
        estimate=lambda entry: None,
    )
    settings = CallbackSettings(dial="PJSIP/{number}@trunk")
    callbacks = Callbacks(store, cast(Any, desk), cast(Any, switch), settings)
    async with beside([callbacks.run()]):
        await until(lambda: bool(switch.dialled), "the good one is dialled")
    assert switch.dialled == ["PJSIP/13800138002@trunk"]
    assert store.get(good.id).state == DIALLING
    for one in (strange, empty):
        assert store.get(one.id).state == CLOSED
        assert store.get(one.id).reason == "what it is about cannot be read"
    engine.dispose()


async def test_one_idle_agent_is_promised_to_one_at_a_time(
    tmp_path: Path, monkeypatch: Any
) -> None:
    """Whoever is called back must not wait then because another one's telephone rang first."""
    monkeypatch.setattr(dialler, "LOOK_SECONDS", 0.01)
    engine, switch, looks = open_database(default_url(tmp_path)), Switch(), 0
    store = CallbackStore(engine)
    order = record_of(StartTransfer(1, Need({"loans": 1}), "zh"))
    for nth in range(3):
        store.add(f"1380013800{nth}", 1.0 + nth, {"transfer": order})

    def match(*_: object) -> Any:
        nonlocal looks
        looks += 1
        return SimpleNamespace(entry=SimpleNamespace(queue="zh-loans", max_penalty=10))

    desk = SimpleNamespace(connected=True, match=match, estimate=lambda entry: None)
    settings = CallbackSettings(dial="PJSIP/{number}@trunk")
    callbacks = Callbacks(store, cast(Any, desk), cast(Any, switch), settings)
    async with beside([callbacks.run()]):
        await until(lambda: looks > 12, "they were looked at again and again")
        assert switch.dialled == ["PJSIP/13800138000@trunk"]
        first = store.dialling()[0].id
        assert await callbacks.taken(first)
        await until(lambda: len(switch.dialled) > 1, "the next one is dialled")
    assert switch.dialled[1] == "PJSIP/13800138001@trunk"
    engine.dispose()
