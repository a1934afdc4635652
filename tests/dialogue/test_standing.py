"""What is known of a caller goes with the transfer: tier, first call, a recent complaint."""

from dataclasses import replace

import pytest

from ivr.dialogue import actions, events
from ivr.dialogue.annoyance import Mood
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.flow.need import Need
from tests.dialogue.talks import Stepper

FLOW = """
flow: f
languages: [zh]
start: m
variables: {caller_tier: ""}
commands: {operator: {goto: z}}
nodes:
  m:
    kind: menu
    prompt: 请选择
    choices:
      plain: {key: 1, goto: z, phrases: 一等}
      looked_up: {key: 2, goto: found, phrases: 二等}
      named: {key: 3, goto: guests, phrases: 三等}
  found: {kind: set, values: {caller_tier: '"elderly"'}, goto: z}
  z: {kind: transfer, prompt: 转, skills: [general], exits: {otherwise: m}}
  guests: {kind: transfer, prompt: 转, skills: [general], caller_tier: guest, exits: {otherwise: m}}
"""
BOOK = FlowBook(read_texts({"f": FLOW})[0], "v")

Profile = dict[str, str | int | float | bool]


def need_of(key: str, profile: Profile, mood: Mood | None = None) -> Need:
    stepper = Stepper("f", BOOK)
    stepper.take(events.CallStarted("c", "138", "1", "2026-01-05T10:00:00+08:00", profile))
    if mood is not None:
        stepper.state = replace(stepper.state, mood=mood)
    stepper.keys(key)
    stepper.prompt_ends()
    (start,) = stepper.of(actions.StartTransfer)
    assert isinstance(start, actions.StartTransfer)
    return start.need


@pytest.mark.parametrize(
    ("key", "profile", "tier"),
    [
        ("1", {}, ""),
        ("1", {"tier": "vip"}, "vip"),
        ("2", {"tier": "vip"}, "elderly"),
        ("3", {"tier": "vip"}, "guest"),
    ],
)
def test_the_node_then_the_call_then_what_is_kept(key: str, profile: Profile, tier: str) -> None:
    assert need_of(key, profile).caller_tier == tier


@pytest.mark.parametrize(
    ("profile", "history"),
    [
        ({}, ()),  # a withheld number: nothing is known, so nobody is new
        ({"calls": 0}, ("new",)),
        ({"calls": 3}, ()),
        ({"calls": 3, "complained": True}, ("complained",)),
        ({"calls": 3, "complained": True, "tier": "complained"}, ()),  # counted once
    ],
)
def test_what_their_history_adds(profile: Profile, history: tuple[str, ...]) -> None:
    assert need_of("1", profile).history == history


def test_who_sounds_annoyed_counts_as_having_complained() -> None:
    assert need_of("1", {"calls": 3}, Mood(annoyed=True)).history == ("complained",)
