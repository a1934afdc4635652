"""Transcript: a call's records as lines that people read, without any digit of the caller's."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ivr.call.journal import Record
from ivr.dialogue.masking import reason_without_digits, without_digits
from ivr.dialogue.one_line import in_one_line

NO_WORDS = "(speech, but no words)"


class Tone(StrEnum):
    """How a line should look."""

    PLAIN = "plain"
    QUIET = "quiet"
    """Worth knowing for those who want it exactly."""

    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `at` seconds since the call began, `who` did it ("caller", "bot", "call", "node",
    "agent", "queue", "order", "why"), and what it was. `detail` are figures beside it."""

    at: float
    who: str
    text: str
    detail: str = ""
    tone: Tone = Tone.PLAIN

    def record(self) -> dict[str, Any]:
        """As JSON-able values."""
        return {
            "at": self.at,
            "who": self.who,
            "text": self.text,
            "detail": self.detail,
            "tone": self.tone.value,
        }


def line_of(record: Record) -> Line | None:
    """What this record means to a person; None for what nobody needs to see."""
    told = _told(record["kind"], record["data"], record["call"])
    return None if told is None else Line(record["at"], *told)


def keys_pressed(count: int) -> str:
    """How several keys in a row are told."""
    return f"{count} key{'s' if count > 1 else ''} pressed"


def _told(kind: str, data: Mapping[str, Any], call: str) -> tuple[Any, ...] | None:
    match kind:
        case "CallStarted":
            return "call", f"{call} to {data['called'] or 'the hotline'}"
        case "EnterNode":
            return "node", data["node"]
        case "PlayPrompt":
            return "bot", in_one_line(map(_said, data["segments"]))
        case "StopPrompt":
            return "bot", "stops: the caller cut in", "", Tone.QUIET
        case "Heard":
            return _heard(data["utterance"]["words"])
        case "KeyPressed":
            return "caller", keys_pressed(1)
        case "Explain":
            return "why", reason_without_digits(data["text"]), "", Tone.QUIET
        case "CallerHungUp":
            return "caller", "hung up"
        case "HangUp":
            return "bot", "hangs up"
        case "Crashed":
            return "call", f"failed: {data['error']}; the dialplan takes over", "", Tone.BAD
        case "CallEnded":
            return "call", "ended"
    return _told_of_transfer(kind, data)


def _told_of_transfer(kind: str, data: Mapping[str, Any]) -> tuple[Any, ...] | None:
    match kind:
        case "QueueChosen":
            return "queue", data["why"]
        case "QueueRefused":
            return "queue", data["why"], "", Tone.BAD
        case "AgentAnswered":
            return "agent", f"{data['agent']} has heard the whisper and is connected"
        case "AgentMissed":
            return "agent", f"{data['agent']} did not answer", "", Tone.QUIET
        case "Escalated":
            return "agent", f"{data['agent']} sends the caller on"
        case "TakenOver":
            return "agent", f"{data['agent']} takes the call over"
        case "TransferEnded":
            return "queue", f"transfer ended: {data['outcome']}"
        case "Ordered":
            return "order", f"{data['order']}, by {data['by']}"
        case "OrderRefused":
            why = reason_without_digits(data["why"])
            return "order", f"{data['order']}, by {data['by']}: {why}", "", Tone.BAD
    return None


def _said(segment: Mapping[str, Any]) -> str:
    text: str = segment["text"]
    return without_digits(text) if segment.get("private") else text


def _heard(words: list[Mapping[str, Any]]) -> tuple[Any, ...]:
    if not words:
        return "caller", NO_WORDS, "", Tone.QUIET
    confidence = sum(word["confidence"] for word in words) / len(words)
    text = without_digits(" ".join(word["text"] for word in words))
    return "caller", text, f"confidence {confidence:.2f}"
