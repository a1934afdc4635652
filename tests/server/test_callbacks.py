"""Callbacks without a telephone: what the dialler makes of what is in the store."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.records import record_of
from ivr.flow.need import Need
from ivr.server import callbacks as dialler
from ivr.server.beside import beside
from ivr.server.callbacks import Callbacks
from ivr.server.settings import CallbackSettings
from ivr.store.callbacks import CLOSED, DIALLING, CallbackStore
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
        match=lambda *_: SimpleNamespace(entry=SimpleNamespace(queue="zh-loans")),
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
