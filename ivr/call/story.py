"""Story: what a call has told so far, for the agent who takes it; gathered from its records."""

import time
from collections.abc import Mapping
from typing import Any

from ivr.call.journal import Record
from ivr.dialogue.masking import without_long_numbers
from ivr.ports import Clock

MAX_LINES = 60
MAX_LINE = 400


class Story:
    """A sink for one call's journal that keeps what an agent needs; long calls lose their start."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self.intent = ""
        self.language = ""
        self.slots: dict[str, str] = {}
        self.transcript: list[dict[str, str]] = []
        self.emotion: Mapping[str, Any] | None = None
        self.queue = ""
        self.why = ""
        self.joined = 0.0
        """When the caller first began to wait, in seconds since the epoch; 0 before that."""
        self.transfer: Mapping[str, Any] = {}
        """The fields of the last StartTransfer."""

    def take(self, record: Record) -> None:
        """Follow the call by one record."""
        data = record["data"]
        match record["kind"]:
            case "Heard":
                words = data["utterance"]["words"]
                self._line("caller", "".join(_spaced(word["text"]) for word in words).strip())
            case "PlayPrompt":
                self._line("hotline", "".join(part["text"] for part in data["segments"]))
            case "StartTransfer":
                self._context(data)
                self.transfer = data
                self.joined = self.joined or self._clock()
            case "QueueChosen":
                self.queue, self.why = data["queue"], data["why"]
            case "Emotion":
                self.emotion = dict(data)

    def pop(self, **facts: Any) -> dict[str, Any]:
        """What a screen shows when an agent takes the call, JSON-able; numbers are masked."""
        return {
            **facts,
            "intent": self.intent,
            "language": self.language,
            "slots": self.slots,
            "queue": self.queue,
            "why": self.why,
            "transcript": list(self.transcript),
            "emotion": self.emotion,
        }

    def _context(self, data: Mapping[str, Any]) -> None:
        context = {str(name): str(value) for name, value in data["context"].items()}
        self.intent = context.pop("intent", "")
        self.language = context.pop("language", data["language"])
        context.pop("node", None)
        self.slots = {name: without_long_numbers(value) for name, value in context.items()}

    def _line(self, who: str, text: str) -> None:
        if text:
            self.transcript.append({"who": who, "text": without_long_numbers(text)[:MAX_LINE]})
            del self.transcript[:-MAX_LINES]


def _spaced(word: str) -> str:
    return f"{word} " if word.isascii() else word
