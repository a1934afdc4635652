"""The journal: one flat record per event, action and note, in order, readable as JSON."""

import json

from ivr.call.journal import CallJournal, Record
from ivr.dialogue.actions import HangUp, Listen
from ivr.dialogue.events import Heard, KeyPressed
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.records import from_record
from ivr.ports import Utterance, Word


def test_records_are_whole_and_in_order() -> None:
    now = iter([100.0, 100.5, 101.25, 102.0])
    records: list[Record] = []
    journal = CallJournal("1.1", lambda: next(now), records.append)
    journal.event(KeyPressed("4"))
    journal.action(HangUp("goodbye"))
    journal.note("QueueChosen", queue="loans", facts={"free": 2})
    assert records == [
        {"at": 0.5, "call": "1.1", "what": "event", "kind": "KeyPressed", "data": {"key": "4"}},
        {
            "at": 1.25,
            "call": "1.1",
            "what": "action",
            "kind": "HangUp",
            "data": {"reason": "goodbye"},
        },
        {
            "at": 2.0,
            "call": "1.1",
            "what": "note",
            "kind": "QueueChosen",
            "data": {"queue": "loans", "facts": {"free": 2}},
        },
    ]


def test_a_record_gives_back_what_it_came_from() -> None:
    records: list[Record] = []
    journal = CallJournal("1.1", lambda: 0.0, records.append)
    heard = Heard(Utterance((Word("挂失", 0.9, 0.1, 0.5),), "zh", 0.6, ("卦师",)))
    listen = Listen(Grammar("zh", ("挂失", "查 余额")))
    journal.event(heard)
    journal.action(listen)
    read = [json.loads(json.dumps(record)) for record in records]
    assert [from_record({"is": r["kind"], **r["data"]}) for r in read] == [heard, listen]


def test_every_sink_gets_every_record() -> None:
    one: list[Record] = []
    other: list[Record] = []
    journal = CallJournal("1.1", lambda: 0.0, one.append, other.append)
    journal.event(KeyPressed("1"))
    assert one == other and len(one) == 1


def test_a_sink_that_fails_harms_nobody() -> None:
    def broken(record: Record) -> None:
        raise BrokenPipeError

    records: list[Record] = []
    journal = CallJournal("1.1", lambda: 0.0, broken, records.append)
    journal.event(KeyPressed("1"))
    assert len(records) == 1
