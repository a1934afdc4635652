"""Dynamic menus: what is mentioned to whom, while keys stay where they are."""

import pytest

from ivr.dialogue import actions, events
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from tests.dialogue.talks import Stepper

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
    mention: 2
    holdout: 20
    choices:
      a: {key: 1, goto: z, say: 甲请按 1, phrases: 甲等}
      b: {key: 2, goto: z, say: 乙请按 2, phrases: 乙等}
      c: {key: 3, goto: z, say: 丙请按 3, phrases: 丙等}
      d:
        {key: 4, goto: z, say: 丁请按 4, when: 'caller.tier == "vip" and caller.calls > 3'}
  z: {kind: transfer, prompt: 转, skills: [general], exits: {otherwise: m}}
"""
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")


def call(caller: str = "13800000001", **profile: str | int | bool) -> Stepper:
    stepper = Stepper("f", BOOK)
    named = {name.replace("__", "."): value for name, value in profile.items()}
    stepper.take(events.CallStarted("c", caller, "1", "2026-01-05T10:00:00+08:00", named))
    return stepper


def why(stepper: Stepper) -> str:
    return " ".join(a.text for a in stepper.actions if isinstance(a, actions.Explain))


def in_group(group: str) -> list[str]:
    callers = [f"138{number:08}" for number in range(300)]
    return [c for c in callers if f"'group': '{group}'" in str(call(c).actions)]


ORDERED, HELD = in_group("by_caller"), in_group("holdout")


def test_the_flow_is_clean() -> None:
    assert [str(issue) for issue in read_texts({"f": FLOW})[1]] == []


def test_without_history_the_order_is_as_written_and_short() -> None:
    assert call(ORDERED[0]).said == "请选择 甲请按 1 乙请按 2"


def test_what_is_used_most_comes_first_and_keeps_its_key() -> None:
    stepper = call(ORDERED[0], used__f__m__c=5, used__f__m__b=1)
    assert stepper.said == "请选择 丙请按 3 乙请按 2"
    assert "order of m by use: c 5, b 1" in why(stepper)
    stepper.keys("3")
    assert stepper.state.intent == "c"


def test_a_fifth_of_the_callers_is_held_out_always_the_same() -> None:
    assert len(ORDERED) + len(HELD) == 300 and 35 < len(HELD) < 90
    assert in_group("holdout") == HELD
    stepper = call(HELD[0], used__f__m__c=5)
    assert stepper.said == "请选择 甲请按 1 乙请按 2" and "held out" in why(stepper)


@pytest.mark.parametrize(
    ("profile", "there"),
    [
        ({"tier": "vip", "calls": 4}, True),
        ({"tier": "vip", "calls": 3}, False),
        ({"tier": "vip"}, False),
        ({"tier": 7, "calls": "many"}, False),
        ({}, False),
    ],
)
def test_a_choice_for_some_is_mentioned_to_them_only(
    profile: dict[str, str | int], there: bool
) -> None:
    stepper = call(ORDERED[0], used__f__m__d=9, **profile)
    assert ("丁请按 4" in stepper.said) == there


def test_the_callers_tier_goes_with_the_transfer() -> None:
    stepper = call(tier="vip")
    stepper.keys("1")
    stepper.prompt_ends()
    start = stepper.of(actions.StartTransfer)[0]
    assert isinstance(start, actions.StartTransfer) and start.need.caller_tier == "vip"


def test_choices_are_mentioned_again_when_the_question_is_repeated() -> None:
    stepper = call(ORDERED[0])
    stepper.says("再说一遍")
    assert stepper.said == "请选择 甲请按 1 乙请按 2"
