"""LiveView: a call's journal as it happens, one calm line for each thing worth knowing."""

import re
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.call.journal import Record

TIME_WIDTH = 8
WHO_WIDTH = 6
COLOURS = {"call": "green", "node": "magenta", "bot": "blue", "caller": "cyan"}
_DIGIT = re.compile(r"[0-9零〇一二两三四五六七八九幺]")
_CALLERS_OWN = re.compile(r'"[^"]*"|(?<![\d.])\d{2,}(?!\d|\.\d| s\b)')


def masked(text: str) -> str:
    """The text with every digit hidden: screens are seen by more people than the caller meant."""
    return _DIGIT.sub("•", text)


def masked_reason(text: str) -> str:
    """A reason without what the caller said or keyed: that stands in quotes, or is a long number.

    Scores ("0.97") and spans of time ("12 s") are ours, and stay.
    """
    return _CALLERS_OWN.sub(lambda found: masked(found[0]), text)


class LiveView:
    """Prints records of one or several calls. Digits the caller gave are masked."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._keys: dict[str, int] = {}

    def show(self, record: Record) -> None:
        """Print what this record means to a person, if anything. Usable as a journal's sink."""
        call, kind, data = record["call"], record["kind"], record["data"]
        if kind == "KeyPressed":
            self._keys[call] = self._keys.get(call, 0) + 1
            return
        described = describe(kind, data, call)
        if described is None:
            return
        if count := self._keys.pop(call, 0):
            plural = "s" if count > 1 else ""
            self._line(record, "caller", f"{count} key{plural} pressed")
        self._line(record, *described)

    def _line(self, record: Record, who: str, text: str | Text) -> None:
        at = record["at"]
        row = Table.grid(padding=(0, 2, 0, 0))
        row.add_column(width=TIME_WIDTH, style="dim")
        row.add_column(width=WHO_WIDTH, style=f"bold {COLOURS.get(who, 'yellow')}")
        row.add_column(ratio=1)
        shown = Text(text) if isinstance(text, str) else text  # a string would be taken for markup
        row.add_row(f"{int(at // 60):02d}:{at % 60:05.2f}", who, shown)
        self._console.print(row)


def describe(kind: str, data: dict[str, Any], call: str) -> tuple[str, str | Text] | None:
    """Who did it, and what it was, for one kind of record; None for what nobody needs to see."""
    match kind:
        case "CallStarted":
            return "call", f"{call} to {data['called'] or 'the hotline'}"
        case "EnterNode":
            return "node", Text(data["node"], style="magenta")
        case "PlayPrompt":
            parts = (masked(s["text"]) if s.get("private") else s["text"] for s in data["segments"])
            return "bot", "".join(parts)
        case "StopPrompt":
            return "bot", Text("stops: the caller cut in", style="dim")
        case "Heard":
            return "caller", _heard(data["utterance"]["words"])
        case "Explain":
            return "why", Text(masked_reason(data["text"]), style="dim")
        case "QueueChosen":
            return "queue", data["why"]
        case "QueueRefused":
            return "queue", Text(data["why"], style="red")
        case "AgentAnswered":
            return "agent", f"{data['agent']} has heard the whisper and is connected"
        case "TransferEnded":
            return "queue", f"transfer ended: {data['outcome']}"
        case "CallerHungUp":
            return "caller", "hung up"
        case "HangUp":
            return "bot", "hangs up"
        case "Crashed":
            return "call", Text(f"failed: {data['error']}; the dialplan takes over", style="red")
        case "CallEnded":
            return "call", "ended"
    return None


def _heard(words: list[dict[str, Any]]) -> Text:
    if not words:
        return Text("(speech, but no words)", style="dim")
    text = Text(masked(" ".join(word["text"] for word in words)))
    confidence = sum(word["confidence"] for word in words) / len(words)
    text.append(f"  confidence {confidence:.2f}", style="dim")
    return text
