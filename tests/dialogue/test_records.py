"""Records: an exact round trip through JSON text, and private data masked on demand."""

import json

import pytest

from ivr.dialogue import actions, events
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.records import (
    PRIVATE,
    action_from,
    event_from,
    from_record,
    record_of,
    state_from,
)
from ivr.flow.need import Need
from ivr.flow.prompt import PromptSegment
from ivr.ports import Prosody, TransferOutcome, Utterance, Word
from tests.dialogue.talks import STARTED, Stepper

VALUES = [
    STARTED,
    events.SpeechBegan(),
    events.Heard(Utterance((Word("挂号", 0.5, 0, 1.0),), "zh", 1.0, ("挂号", "刮耗"))),
    events.Heard(Utterance((), "zh", 1.0, prosody=Prosody(-20.5, 180.0, 6.0, 5.0))),
    events.KeyPressed("*"),
    events.PromptEnded(3, completed=False),
    events.LookupEnded(4, "ok", {"balance": 3.5, "open": True, "tags": ["a"], "none": None}),
    events.TransferEnded(5, TransferOutcome.NO_ANSWER),
    events.CallerHungUp(),
    events.OrderGiven("goto", "main"),
    actions.EnterNode("main"),
    actions.Explain("why", {"score": 0.5, "skills": {"a": 1}}),
    actions.PlayPrompt(1, (PromptSegment("您好", "zh", "hello"),)),
    actions.Listen(Grammar("zh", ("挂号",), ("一",), 1, 4), actions.Endpointing(max_seconds=9.0)),
    actions.SetTimer(2, 4.0),
    actions.StartLookup(3, "balance", {"card": "1234"}),
    actions.StartTransfer(4, Need({"loans": 3}), whisper=(PromptSegment("x", "zh"),)),
    actions.HangUp("done"),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: type(v).__name__)
def test_round_trip(value: events.Event | actions.Action) -> None:
    text = json.dumps(record_of(value), ensure_ascii=False)
    assert from_record(json.loads(text)) == value


def test_a_state_in_the_middle_of_a_call() -> None:
    call = Stepper().at_main()
    call.keys("1123#")
    assert call.state.pending is not None
    assert state_from(json.loads(json.dumps(record_of(call.state)))) == call.state


def test_private_fields_can_be_masked() -> None:
    assert record_of(events.KeyPressed("7"), private=False)["key"] == PRIVATE
    record = record_of(VALUES[2], private=False)
    assert record["utterance"]["words"][0]["text"] == PRIVATE
    call = Stepper().at_main()
    call.keys("1123#1")
    assert "123" not in json.dumps(record_of(call.state, private=False))


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"is": "Exploded"},
        {"is": "TimerRang"},
        {"is": "TimerRang", "serial": "one"},
        {"is": "TimerRang", "serial": 1, "more": 2},
        {"is": "TransferEnded", "serial": 1, "outcome": "eaten"},
        {"is": "Heard", "utterance": 3},
    ],
)
def test_what_is_no_record_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"record|valid"):
        from_record(record)


def test_kinds_are_not_mixed_up() -> None:
    with pytest.raises(ValueError, match="not expected"):
        event_from(record_of(actions.HangUp("x")))
    with pytest.raises(ValueError, match="not expected"):
        action_from(record_of(events.SpeechBegan()))
