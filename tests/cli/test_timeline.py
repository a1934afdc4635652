"""The timeline: spans read out of a journal, drawn as valid SVG that hides the caller's digits."""

from typing import Any
from xml.etree import ElementTree

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ivr.cli.timeline import WIDTH, Span, draw_timeline, read_timeline

EMPTY = np.zeros(0, np.int16)


def record(at: float, kind: str, **data: Any) -> dict[str, Any]:
    return {"at": at, "call": "1.1", "what": "event", "kind": kind, "data": data}


WORDS = [{"text": "六六", "confidence": 1.0}, {"text": "<b>", "confidence": 1.0}]
PROMPT = [{"text": "您好"}, {"text": "6688", "private": True}]
CALL = [
    record(0.0, "EnterNode", node="main"),
    record(0.1, "PlayPrompt", serial=1, segments=PROMPT),
    record(2.0, "SpeechBegan"),
    record(2.0, "StopPrompt"),
    record(2.1, "PromptEnded", serial=1, completed=False),
    record(3.0, "Heard", utterance={"words": WORDS}),
    record(3.1, "EnterNode", node="loans"),
    record(3.2, "KeyPressed", key="4"),
    record(4.0, "QueueChosen", queue="zh-loans", why="", facts={}),
    record(7.0, "AgentAnswered", agent="chen", waited=3),
    record(9.0, "TransferEnded", serial=2, outcome="answered"),
]  # fmt: skip


def test_what_is_read_out_of_a_journal() -> None:
    line = read_timeline(CALL)
    assert line.length == 9.0
    assert line.nodes == [Span(0.0, 3.1, "main"), Span(3.1, 9.0, "loans")]
    assert line.prompts == [Span(0.1, 2.1, "您好••••", cut=True)]
    assert line.speech == [Span(2.0, 3.0, "•• <b>")]
    assert line.keys == [3.2]
    assert line.queue == [Span(4.0, 7.0, "zh-loans"), Span(7.0, 9.0, "agent chen: answered")]


def test_a_journal_that_breaks_off() -> None:
    for length in range(len(CALL)):
        line = read_timeline(CALL[:length])
        assert all(span.start <= span.end for span in [*line.nodes, *line.prompts, *line.speech])


def test_the_picture_is_valid_and_hides_digits() -> None:
    sound = (np.sin(np.arange(80_000)) * 9000).astype(np.int16)
    svg = draw_timeline(CALL, sound, sound // 2, 'a "title" & <more>')
    root = ElementTree.fromstring(svg)
    texts = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert 'a "title" & <more>' in texts
    assert any(text and text.startswith("您好") for text in texts)
    assert "6688" not in svg and "六" not in svg
    polygons = [e for e in root.iter() if e.tag.endswith("polygon")]
    assert len(polygons) == 2
    xs = [float(p.split(",")[0]) for e in polygons for p in e.attrib["points"].split()]
    assert min(xs) >= 0 and max(xs) <= WIDTH


def test_a_call_without_sound_or_journal() -> None:
    assert ElementTree.fromstring(draw_timeline([], EMPTY, EMPTY, "nothing")) is not None


@given(st.text(max_size=60), st.floats(0, 7200), st.integers(0, 20_000))
def test_any_call_can_be_drawn(text: str, at: float, samples: int) -> None:
    printable = "".join(c for c in text if c.isprintable())
    records = [
        record(0.0, "PlayPrompt", serial=1, segments=[{"text": printable}]),
        record(at, "PromptEnded", serial=1, completed=True),
        record(at, "EnterNode", node=printable),
    ]
    ElementTree.fromstring(draw_timeline(records, np.ones(samples, np.int16), EMPTY, printable))
