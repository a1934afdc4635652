"""CallFold: the records of one call, one after the other -> its rows in the record's tables.

Pure: nothing is read but the records, and none of them, however odd, makes it fail. Columns are
those of `ivr.store.tables`; inside, all times are seconds since the call began.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.dialogue.masking import without_long_numbers
from ivr.dialogue.one_line import in_one_line
from ivr.ports import TransferOutcome
from ivr.routing.matching import OVERDUE
from ivr.store.call_facts import Facts, Row, Visit, Wait, call_row, visit_rows, wait_row
from ivr.store.clean import clipped, integer, mapping, number, sequence, text_of
from ivr.store.tables import calls, turns

MAX_PARTS = 5000
"""Visits, turns or waits kept of one call."""
MAX_TEXT = 4000
"""Characters kept of one turn."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The row of `calls`, and those of what happened in the call."""

    call: Row
    visits: list[Row]
    turns: list[Row]
    waits: list[Row]


def summary_of(
    records: Iterable[Mapping[str, Any]], call: str, key: bytes = b"", began: float = 0.0
) -> Summary:
    """Fold all records of one call; the arguments are those of `CallFold`."""
    fold = CallFold(call, key, began)
    for record in records:
        fold.take(record)
    return fold.summary()


class CallFold:
    """Follows one call. `key` hashes the caller's number (without it nobody is told apart);
    `began` is when the call began, in seconds since the epoch, where its records do not say."""

    def __init__(self, call: str, key: bytes = b"", began: float = 0.0) -> None:
        self.call = clipped(call, calls.c.call)
        self.ended = False
        """Whether the record of the call's end has come."""
        self.at = 0.0
        """The latest moment told, in seconds since the call began."""
        self._key = key
        self._facts = Facts(began)

    def take(self, record: Mapping[str, Any]) -> None:
        """Follow the call by one record; what does not fit is left out."""
        at = number(record.get("at"))
        self.at = max(self.at, at or 0.0)
        follow = _FOLLOW.get(text_of(record.get("kind")))
        if follow is not None:
            follow(self, mapping(record.get("data")))

    def summary(self) -> Summary:
        """The rows as they stand now; a call that goes on has no `ended`."""
        facts = self._facts
        return Summary(
            call_row(self.call, self.ended, self.at, facts, self._key),
            visit_rows(self.call, self.ended, self.at, facts.visits),
            [{"call": self.call, "nth": nth, **row} for nth, row in enumerate(facts.turn_rows)],
            [wait_row(self.call, nth, w, facts.began) for nth, w in enumerate(facts.waits)],
        )

    # -- what each kind of record tells --------------------------------------------------------

    def _opened(self, data: Mapping[str, Any]) -> None:
        began = number(data.get("began"))
        if began is not None and not self._facts.opened:
            self._facts.began, self._facts.opened = began - self.at, True

    def _started(self, data: Mapping[str, Any]) -> None:
        facts = self._facts
        facts.caller, facts.called = text_of(data.get("caller")), text_of(data.get("called"))
        try:
            now = datetime.fromisoformat(text_of(data.get("now"))).timestamp()
        except (ValueError, OverflowError, OSError):
            return
        if not facts.opened:
            facts.began = now - self.at

    def _pinned(self, data: Mapping[str, Any]) -> None:
        self._facts.flow = text_of(data.get("flow"))
        self._facts.version = text_of(data.get("version"))

    def _entered(self, data: Mapping[str, Any]) -> None:
        flow, dot, node = text_of(data.get("node")).rpartition(".")
        if len(self._facts.visits) < MAX_PARTS:  # within a subflow the node names it too
            self._facts.visits.append(Visit(flow if dot else self._facts.flow, node, self.at))

    def _explained(self, data: Mapping[str, Any]) -> None:
        told, facts = mapping(data.get("facts")), self._facts
        visit = facts.visits[-1] if facts.visits else Visit("", "", 0.0)
        if "noinput" in told:
            facts.noinputs += 1
            visit.noinputs += 1
        if "nomatch" in told:
            facts.nomatches += 1
            visit.nomatches += 1
        facts.annoyance = max(facts.annoyance, number(told.get("annoyance")) or 0.0)
        facts.annoyed = facts.annoyed or told.get("annoyed") is True
        facts.chosen = text_of(told.get("chosen")) or facts.chosen

    def _listened(self, data: Mapping[str, Any]) -> None:
        language = text_of(mapping(data.get("grammar")).get("language"))
        self._facts.language = language or self._facts.language

    def _heard(self, data: Mapping[str, Any]) -> None:
        words = [mapping(word) for word in sequence(mapping(data.get("utterance")).get("words"))]
        text = "".join(_spaced(text_of(word.get("text"))) for word in words).strip()
        sure = [c for w in words if (c := number(w.get("confidence"))) is not None]
        self._facts.turns += 1
        self._say("caller", text, round(sum(sure) / len(sure), 3) if sure else None)

    def _played(self, data: Mapping[str, Any]) -> None:
        parts = [mapping(part) for part in sequence(data.get("segments"))]
        self._say("hotline", in_one_line(text_of(part.get("text")) for part in parts), None)

    def _say(self, who: str, text: str, confidence: float | None) -> None:
        facts = self._facts
        if text and len(facts.turn_rows) < MAX_PARTS:
            node = facts.visits[-1].node if facts.visits else ""
            facts.turn_rows.append(
                {
                    "at": self.at,
                    "who": who,
                    "node": clipped(node, turns.c.node),
                    "confidence": confidence,
                    "text": without_long_numbers(text)[:MAX_TEXT],
                }
            )

    def _transfers(self, data: Mapping[str, Any]) -> None:
        facts = self._facts
        facts.transfers += 1
        facts.language = text_of(data.get("language")) or facts.language
        facts.intent = text_of(mapping(data.get("context")).get("intent")) or facts.intent

    def _queued(self, data: Mapping[str, Any]) -> None:
        if self._waits() and text_of(mapping(data.get("facts")).get("kind")) == OVERDUE:
            return  # moved to the front of the same queue: they go on waiting, and joined once
        self._close_wait("failed")
        if len(self._facts.waits) < MAX_PARTS:
            queue, priority = text_of(data.get("queue")), integer(data.get("priority"))
            self._facts.waits.append(Wait(queue, priority, self.at))

    def _expected(self, data: Mapping[str, Any]) -> None:
        if self._facts.waits:
            self._facts.waits[-1].expected = number(data.get("seconds"))

    def _answered(self, data: Mapping[str, Any]) -> None:
        if self._waits():
            wait = self._facts.waits[-1]
            wait.agent, wait.answered = text_of(data.get("agent")) or "?", self.at

    def _waits(self) -> bool:
        """Whether the caller waits now, unanswered."""
        wait = self._facts.waits[-1] if self._facts.waits else None
        return wait is not None and wait.ended is None and not wait.agent

    def _transferred(self, data: Mapping[str, Any]) -> None:
        self._close_wait(text_of(data.get("outcome")))

    def _crash(self, data: Mapping[str, Any]) -> None:
        self._facts.crashed = True

    def _over(self, data: Mapping[str, Any]) -> None:
        if self.ended:
            return
        outcome = text_of(data.get("outcome"))
        self._facts.outcome, self.ended = outcome, True
        # A callback's wait ends with the call; elsewhere a wait still open was cut off.
        self._close_wait(outcome if outcome in set(TransferOutcome) else "failed")

    def _close_wait(self, outcome: str) -> None:
        if self._facts.waits:
            self._facts.waits[-1].close(self.at, outcome)


_FOLLOW = {
    "CallOpened": CallFold._opened,
    "CallStarted": CallFold._started,
    "FlowPinned": CallFold._pinned,
    "EnterNode": CallFold._entered,
    "Explain": CallFold._explained,
    "Listen": CallFold._listened,
    "Heard": CallFold._heard,
    "PlayPrompt": CallFold._played,
    "StartTransfer": CallFold._transfers,
    "QueueChosen": CallFold._queued,
    "WaitExpected": CallFold._expected,
    "AgentAnswered": CallFold._answered,
    "TakenOver": CallFold._answered,
    "TransferEnded": CallFold._transferred,
    "Crashed": CallFold._crash,
    "CallEnded": CallFold._over,
}


def _spaced(word: str) -> str:
    return f"{word} " if word.isascii() else word
