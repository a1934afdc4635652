"""Transcript: records told in lines, and nothing in them that the caller would not want read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.live.transcript import Line, Tone, line_of


def told(kind: str, **data: Any) -> Line | None:
    return line_of({"at": 1.5, "call": "1.1", "what": "event", "kind": kind, "data": data})


def test_a_turn_is_told_with_its_confidence() -> None:
    words = [{"text": "查", "confidence": 0.8}, {"text": "余额", "confidence": 1.0}]
    line = told("Heard", utterance={"words": words})
    assert line == Line(1.5, "caller", "查 余额", "confidence 0.90")
    assert line is not None
    assert json.loads(json.dumps(line.record()))["tone"] == "plain"


def test_what_is_private_is_hidden() -> None:
    segments = [{"text": "按 8 键"}, {"text": "尾号 6688", "private": True}]
    assert told("PlayPrompt", serial=1, segments=segments) == Line(1.5, "bot", "按 8 键尾号 ••••")
    assert told("KeyPressed", key="7") == Line(1.5, "caller", "1 key pressed")


def test_failures_stand_out() -> None:
    crashed, refused = (
        told("Crashed", error="OSError"),
        told("QueueRefused", why="nobody", facts={}),
    )
    assert crashed is not None and crashed.tone is Tone.BAD
    assert refused is not None and refused.tone is Tone.BAD


@given(st.text("0123456789一二幺 查", min_size=1))
def test_no_digit_that_was_said_is_ever_told(said: str) -> None:
    words = [{"text": said, "confidence": 1.0}]
    for line in (told("Heard", utterance={"words": words}), told("KeyPressed", key=said)):
        assert line is not None
        assert not set("23456789一二幺") & set(line.text)


@pytest.mark.parametrize("kind", ["Listen", "SetTimer", "SpeechBegan", "PromptBegan", "Unheard"])
def test_what_nobody_needs_to_see(kind: str) -> None:
    assert told(kind) is None
