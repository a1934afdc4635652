"""The live view: one line for each thing worth knowing, and no digit of the caller's on it."""

import io
from typing import Any

import pytest
from rich.console import Console

from ivr.cli.live import LiveView


class Screen:
    def __init__(self) -> None:
        self.file = io.StringIO()
        self.view = LiveView(Console(file=self.file, width=200, highlight=False))

    def show(self, kind: str, call: str = "1.1", at: float = 0.0, **data: Any) -> None:
        self.view.show({"at": at, "call": call, "what": "event", "kind": kind, "data": data})

    @property
    def lines(self) -> list[str]:
        lines = self.file.getvalue().splitlines()
        return [" ".join(line.split()) for line in lines]


@pytest.fixture
def screen() -> Screen:
    return Screen()


def heard(*words: tuple[str, float]) -> dict[str, Any]:
    return {"utterance": {"words": [{"text": t, "confidence": c} for t, c in words]}}


def test_a_call_reads_as_a_talk(screen: Screen) -> None:
    screen.show("CallStarted", called="1000")
    screen.show("EnterNode", node="main")
    screen.show("PlayPrompt", serial=1, segments=[{"text": "您好。"}])
    screen.show("Heard", at=65.25, **heard(("查", 0.8), ("余额", 1.0)))
    screen.show("QueueChosen", queue="loans", why="two are free")
    screen.show("AgentAnswered", agent="wang", waited=3)
    screen.show("TransferEnded", serial=3, outcome="answered")
    screen.show("CallEnded", outcome="transferred")
    assert screen.lines == [
        "00:00.00 call 1.1 to 1000",
        "00:00.00 node main",
        "00:00.00 bot 您好。",
        "01:05.25 caller 查 余额 confidence 0.90",
        "00:00.00 queue two are free",
        "00:00.00 agent wang has heard the whisper and is connected",
        "00:00.00 queue transfer ended: answered",
        "00:00.00 call ended",
    ]


def test_what_the_caller_keys_and_says_in_digits_is_not_shown(screen: Screen) -> None:
    for key in "6688":
        screen.show("KeyPressed", key=key)
    screen.show("Explain", text='"六六八八" is card 6688, certainty 0.97: accept')
    private = [{"text": "尾号"}, {"text": "6688", "private": True}]
    screen.show("PlayPrompt", serial=1, segments=private)
    screen.show("Heard", **heard(("六六八八", 1.0)))
    told = "\n".join(screen.lines)
    assert "4 keys pressed" in told
    assert "尾号••••" in told
    assert "六" not in told
    assert "6688" not in told


def test_keys_of_two_calls_are_counted_apart(screen: Screen) -> None:
    screen.show("KeyPressed", call="1.1", key="1")
    screen.show("KeyPressed", call="2.2", key="1")
    screen.show("KeyPressed", call="2.2", key="2")
    screen.show("EnterNode", call="1.1", node="a")
    screen.show("EnterNode", call="2.2", node="b")
    assert [line.split(" ", 1)[1] for line in screen.lines] == [
        "caller 1 key pressed",
        "node a",
        "caller 2 keys pressed",
        "node b",
    ]


def test_speech_without_words_and_a_crash(screen: Screen) -> None:
    screen.show("Heard", **heard())
    screen.show("Crashed", error="ZeroDivisionError")
    assert "(speech, but no words)" in screen.lines[0]
    assert "failed: ZeroDivisionError; the dialplan takes over" in screen.lines[1]


@pytest.mark.parametrize("text", ["[red]x[/red]", "[/b]", "x[", "[link=file:///]"])
def test_no_text_is_markup(screen: Screen, text: str) -> None:
    screen.show("Heard", **heard((text, 1.0)))
    screen.show("PlayPrompt", serial=1, segments=[{"text": text}])
    screen.show("CallStarted", called=text)
    screen.show("TransferEnded", serial=1, outcome=text)
    assert all(text in line for line in screen.lines)
