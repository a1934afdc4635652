"""The effect of an order by caller: who counts, what is measured, and when too little is known."""

import random

from ivr.call.journal import CallJournal, Record
from ivr.dialogue.events import CallStarted, Event
from ivr.dialogue.simulator import Simulator
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.rehearsal.order_effect import ENOUGH, Group, effect_of, saved

FLOW = """
flow: f
languages: [zh]
start: m
commands: {operator: {goto: z}}
nodes:
  m:
    kind: menu
    prompt: 请选择
    order: by_caller
    holdout: 50
    choices:
      a: {key: 1, goto: z, say: 甲业务在这里请按 1, phrases: 甲等}
      b: {key: 2, goto: z, say: 乙业务在这里请按 2, phrases: 乙等}
      c: {key: 3, goto: z, say: 丙业务在这里请按 3, phrases: 丙等}
  z: {kind: hangup}
"""
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")


def journal(caller: str, calls: int, patience: float) -> list[Record]:
    """A caller who presses 3 as soon as it has been mentioned, `patience` seconds a mention."""
    call = Simulator(BOOK, "f", caller=caller)
    profile = {"calls": calls, "used.f.m.c": calls}
    call.take(CallStarted("c", caller, "1", "2026-01-05T10:00:00+08:00", profile))
    said = call.lines[-1].text
    mentioned = said[: said.index("请按 3")].count("请按")
    call.press("3", barge_in=1.0 + patience * mentioned)
    records: list[Record] = []
    clock = {"now": 0.0}
    kept = CallJournal("c", lambda: clock["now"], records.append)
    for clock["now"], what in call.log:
        kept.event(what) if isinstance(what, Event) else kept.action(what)  # type: ignore[arg-type]
    return records


def test_who_is_known_chooses_earlier_than_who_is_held_out() -> None:
    chance = random.Random(1)
    calls = [journal(f"138{n:08}", 3, 2.0 + chance.random() / 10) for n in range(200)]
    groups = effect_of(calls)["f.m"]
    assert groups["by_caller"].visits + groups["holdout"].visits == 200
    assert min(one.visits for one in groups.values()) > 60
    found = saved(groups)
    assert found is not None
    gained, low, high = found
    assert low <= gained <= high and 3.9 < gained < 4.4


def test_first_time_callers_do_not_count() -> None:
    assert effect_of([journal("13800000001", 0, 1.0)]) == {}


def test_too_few_say_nothing() -> None:
    few = {"by_caller": Group(seconds=[1.0] * 100), "holdout": Group(seconds=[2.0] * (ENOUGH - 1))}
    assert saved(few) is None
