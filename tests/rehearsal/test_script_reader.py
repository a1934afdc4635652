"""Test files: what they may say, and every fault with its place."""

import pytest

from ivr.errors import FlowError
from ivr.rehearsal.script import Keys, Speech
from ivr.rehearsal.script_reader import MAX_STEPS, read_script
from tests.rehearsal.pieces import HEAD, conversation, script


def test_steps_in_their_short_and_long_forms() -> None:
    one = conversation(
        "caller: 挂号",
        "caller: {say: 挂号, confidence: 0.5, barge_in: true}",
        "caller: {say: 挂号, barge_in: 1.5}",
        "dtmf: 0123",
        'dtmf: {keys: "#", barge_in: yes}',
        "silence: 2.5",
        "hangup:",
    )
    assert [step.value for step in one.steps] == [
        Speech("挂号"),
        Speech("挂号", 0.5, True),
        Speech("挂号", 1.0, 1.5),
        Keys("0123"),
        Keys("#", True),
        2.5,
        None,
    ]
    assert [step.place.line for step in one.steps] == [5, 6, 7, 8, 9, 10, 11]


def test_a_file_says_what_holds_for_all_and_each_may_differ() -> None:
    text = """\
as: {caller: "100", called: "95500"}
language: en
mock: {balance: timeout, limit: {values: {amount: 12, on: true, name: "7"}, after: 3}}
conversations:
  - {name: a, steps: []}
  - name: b
    as: {caller: "200"}
    language: zh
    audio: false
    now: 2026-10-01T09:00:00+08:00
    mock: {balance: {exit: ok}}
    steps: []
"""
    a, b = read_script(text, "t.yaml")
    assert (a.caller, a.called, a.language, a.audio) == ("100", "95500", "en", True)
    assert (b.caller, b.called, b.language, b.audio) == ("200", "95500", "zh", False)
    assert a.mocks["balance"].exit == "timeout" and b.mocks["balance"].exit == "ok"
    assert b.mocks["limit"].values == {"amount": 12, "on": True, "name": "7"}
    assert b.mocks["limit"].seconds == 3.0 and b.now.startswith("2026-10-01")


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("[]", 1, "conversations"),
        ("conversations: {}", 1, "conversations"),
        ("conversation: []\nconversations: []", 1, '"conversation" is not known'),
        ("conversations:\n  - just text", 2, "a conversation is a mapping"),
        ("conversations:\n  - {name: x}", 2, '"steps"'),
        ("conversations:\n  - {name: x, steps: []}\n  - {name: x, steps: []}", 3, "already"),
        ("as: {tier: [vip]}\nconversations: []", 1, '"tier" of a caller is a text'),
        (script("shout: a"), 5, '"shout" is no step'),
        (script("{caller: a, dtmf: 1}"), 5, "a step is one of"),
        (script("caller: {text: a}"), 5, '"text" is not known'),
        (script("caller: {say: a, confidence: 2}"), 5, "0 to 1"),
        (script("dtmf: 12x"), 5, "keys are"),
        (script("silence: long"), 5, "seconds"),
        (script("silence: -1"), 5, "seconds"),
        (script("transfer: maybe"), 5, "answered"),
        (script("order: {dance: x}"), 5, '"dance" is not known'),
        (script("expect: {nood: main}"), 5, '"nood" is not known'),
        (script("expect: {node: [a, b]}"), 5, '"node" is a text'),
        (script("expect: {slots: {a: [1]}}"), 5, "single values"),
        (script("expect: {within_ms: soon}"), 5, "milliseconds"),
        (script(*["hangup:"] * (MAX_STEPS + 1)), 5, f"more than {MAX_STEPS}"),
        ("conversations: [\n", 2, "not YAML"),
    ],
)
def test_every_fault_has_its_place(text: str, line: int, told: str) -> None:
    with pytest.raises(FlowError) as error:
        read_script(text, "t.yaml")
    assert any(one.line == line and told in one.message for one in error.value.issues), str(error)


def test_all_faults_come_in_one_run() -> None:
    with pytest.raises(FlowError) as error:
        read_script(script("shout: a", "dtmf: x", "silence: y"), "t.yaml")
    assert [issue.line for issue in error.value.issues] == [5, 6, 7]
    assert HEAD.count("\n") == 4


def test_what_is_known_of_a_caller() -> None:
    text = """\
conversations:
  - name: a
    as: {caller: "138", tier: vip, calls: 3, annoyed: true, used: {bank.main.loans: 4}}
    steps: []
"""
    (one,) = read_script(text, "t.yaml")
    assert one.caller == "138"
    assert one.profile == {"tier": "vip", "calls": 3, "annoyed": True, "used.bank.main.loans": 4}
