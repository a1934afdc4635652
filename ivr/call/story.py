"""Story: what a call has told so far, for the agent who takes it; gathered from its records."""

import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ivr.call.journal import Record
from ivr.dialogue.masking import without_long_numbers
from ivr.dialogue.one_line import in_one_line
from ivr.ports import Clock

MAX_LINES = 60
MAX_LINE = 400
CALM: Mapping[str, Any] = MappingProxyType({"annoyed": False, "estimate": 0.0, "reasons": []})
"""How a caller sounds who gave no sign of annoyance worth telling."""


class Story:
    """A sink for one call's journal that keeps what an agent needs; long calls lose their start."""

    def __init__(self, clock: Clock = time.time) -> None:
        self._clock = clock
        self.intent = ""
        self.language = ""
        self.slots: dict[str, str] = {}
        self.transcript: list[dict[str, str]] = []
        self.emotion: Mapping[str, Any] | None = None
        """None until the caller has said something; see `ivr.dialogue.annoyance`."""
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
                self.emotion = self.emotion or dict(CALM)
                words = data["utterance"]["words"]
                self._line("caller", "".join(_spaced(word["text"]) for word in words).strip())
            case "PlayPrompt":
                self._line("hotline", in_one_line(part["text"] for part in data["segments"]))
            case "StartTransfer":
                self._context(data)
                self.transfer = data
                self.joined = self.joined or self._clock()
            case "QueueChosen":
                self.queue, self.why = data["queue"], data["why"]
            case "Explain":
                self._mood(data["facts"])

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

    def _mood(self, facts: Mapping[str, Any]) -> None:
        """The strongest signs of annoyance so far, and whether the caller counts as annoyed."""
        estimate, before = facts.get("annoyance"), self.emotion or CALM
        if not isinstance(estimate, int | float):
            return
        annoyed = bool(facts.get("annoyed")) or before["annoyed"]
        if estimate >= before["estimate"]:
            reasons = [without_long_numbers(str(why)) for why in facts.get("reasons", ())]
            self.emotion = {"annoyed": annoyed, "estimate": estimate, "reasons": reasons}
        else:
            self.emotion = {**before, "annoyed": annoyed}

    def _line(self, who: str, text: str) -> None:
        if text:
            self.transcript.append({"who": who, "text": without_long_numbers(text)[:MAX_LINE]})
            del self.transcript[:-MAX_LINES]


def _spaced(word: str) -> str:
    return f"{word} " if word.isascii() else word
