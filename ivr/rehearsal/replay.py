"""Replay: what today's flows would have done in a call that was journalled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from ivr.call.journal import Record
from ivr.dialogue import actions, engine, events
from ivr.dialogue.actions import Action, Listen
from ivr.dialogue.events import Event
from ivr.dialogue.records import action_from, event_from
from ivr.errors import FlowError
from ivr.flow.model import FlowBook
from ivr.ports import Utterance


class Verdict(StrEnum):
    """How far a call would go as it went; the worst of its differences."""

    SAME = "same"
    WAITS = "waits"
    """Only the lengths of silence that are waited for."""

    WORDS = "words"
    """The same way, in other words."""

    ROUTE = "route"
    """Another node, transfer, lookup or end."""

    UNREADABLE = "unreadable"
    """The journal does not fit this program."""


_BADNESS = [Verdict.SAME, Verdict.WAITS, Verdict.WORDS, Verdict.ROUTE]


@dataclass(frozen=True, slots=True)
class Difference:
    """The call did `then`, today's flows do `now`, after `event` at `at` seconds in `node`."""

    verdict: Verdict
    at: float
    node: str
    event: str
    then: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """`differences` holds the first of each kind; a call is followed until its way parts.

    `turns` and `turns_otherwise` count what was heard again from sound, and not as before.
    """

    call: str
    version: str
    verdict: Verdict
    differences: tuple[Difference, ...] = ()
    turns: int = 0
    turns_otherwise: int = 0

    @property
    def first(self) -> Difference | None:
        """The first difference of the worst kind."""
        return next((one for one in self.differences if one.verdict is self.verdict), None)


class Ear(Protocol):
    """Hears a recorded turn again."""

    def hear(self, began: float, ended: float, order: Listen) -> Utterance | None:
        """The turn between these seconds of the call; None if there is no sound of it."""


def replay(
    records: Sequence[Record], book: FlowBook, flow: str, ear: Ear | None = None
) -> Replayed:
    """Feed the events of one call to the flows of `book` and compare what is done.

    The flow is the one the call began with, if the journal names it, else `flow`.
    """
    pinned: Mapping[str, Any] = next(
        (one["data"] for one in records if one["kind"] == "FlowPinned"), {}
    )
    call = str(records[0].get("call", "")) if records else ""
    version = str(pinned.get("version", ""))
    try:
        following = _Following(book, str(pinned.get("flow", flow)), ear)
        for happened in _steps(records):
            following.take(happened)
            if following.parted:
                break
    except (ValueError, KeyError, TypeError, FlowError) as error:
        why = Difference(Verdict.UNREADABLE, 0.0, "", "", "", str(error))
        return Replayed(call, version, Verdict.UNREADABLE, (why,))
    return following.outcome(call, version)


@dataclass(frozen=True, slots=True)
class _Happened:
    """One event of the journal and what was done about it."""

    at: float
    event: Event
    done: tuple[Action, ...]


def _steps(records: Iterable[Record]) -> Iterator[_Happened]:
    """Raises ValueError for a record that is no event or action of ours."""
    at = 0.0
    event: Event | None = None
    done: list[Action] = []
    for record in records:
        if record["what"] == "event":
            if event is not None:
                yield _Happened(at, event, tuple(done))
            at, event, done = float(record["at"]), event_from(_flat(record)), []
        elif record["what"] == "action" and event is not None:
            done.append(action_from(_flat(record)))
    if event is not None:
        yield _Happened(at, event, tuple(done))


def _flat(record: Record) -> dict[str, Any]:
    return {"is": record["kind"], **record["data"]}


class _Following:
    """Walks today's flows beside the recorded call."""

    def __init__(self, book: FlowBook, flow: str, ear: Ear | None) -> None:
        self._book = book
        self._state = engine.start(book, flow)
        self._ear = ear
        self._serials: dict[int, int] = {}
        self._found: dict[Verdict, Difference] = {}
        self._listen: Listen | None = None
        self._began = 0.0
        self._turns = self._otherwise = 0

    @property
    def parted(self) -> bool:
        return Verdict.ROUTE in self._found

    def take(self, happened: _Happened) -> None:
        event = self._renumbered(self._heard_again(happened))
        node = self._state.node
        self._state, done = engine.step(self._book, self._state, event)
        self._listen = next((a for a in done if isinstance(a, Listen)), self._listen)
        for verdict, part in (
            (Verdict.ROUTE, _route), (Verdict.WORDS, _words), (Verdict.WAITS, _waits),
        ):  # fmt: skip
            then, now = part(happened.done), part(done)
            if then != now:
                told = Difference(
                    verdict, happened.at, node, described(event), "; ".join(then), "; ".join(now)
                )
                self._found.setdefault(verdict, told)
        self._pair(happened.done, done)

    def outcome(self, call: str, version: str) -> Replayed:
        worst = max(self._found, key=_BADNESS.index, default=Verdict.SAME)
        found = sorted(self._found.values(), key=lambda one: one.at)
        return Replayed(call, version, worst, tuple(found), self._turns, self._otherwise)

    def _heard_again(self, happened: _Happened) -> Event:
        event = happened.event
        if isinstance(event, events.SpeechBegan):
            self._began = happened.at
        if self._ear is None or self._listen is None or not isinstance(event, events.Heard):
            return event
        heard = self._ear.hear(self._began, happened.at, self._listen)
        if heard is None:
            return event
        self._turns += 1
        self._otherwise += heard.text != event.utterance.text
        return events.Heard(heard)

    def _renumbered(self, event: Event) -> Event:
        if isinstance(event, events.OrderGiven):
            return replace(event, ends=self._serials.get(event.ends, event.ends))
        serial = getattr(event, "serial", None)
        if serial is None:
            return event
        return replace(event, serial=self._serials.get(serial, serial))

    def _pair(self, then: Sequence[Action], now: Sequence[Action]) -> None:
        """Note which serial of today stands for which of the call's."""
        for kind in {type(action) for action in now if hasattr(action, "serial")}:
            ours = [getattr(a, "serial", 0) for a in now if isinstance(a, kind)]
            theirs = [getattr(a, "serial", 0) for a in then if isinstance(a, kind)]
            self._serials.update(zip(theirs, ours, strict=False))


def _route(done: Sequence[Action]) -> list[str]:
    return [text for action in done if (text := _way(action))]


def _way(action: Action) -> str:
    match action:
        case actions.EnterNode(node):
            return f"node {node}"
        case actions.StartLookup(lookup=lookup):
            return f"lookup {lookup}"
        case actions.StartRecording():
            return "recording"
        case actions.StartTransfer(taker=taker) if taker:
            return f"transfer to {taker}"
        case actions.StartTransfer(need=need):
            skills = ", ".join(f"{name} {level}" for name, level in need.skills.items())
            return f"transfer to {skills}" + (f" ({need.issue})" if need.issue else "")
        case actions.HangUp(reason):
            return f"end: {reason}"
    return ""


def _words(done: Sequence[Action]) -> list[str]:
    return [
        " ".join(segment.text for segment in action.segments)
        for action in done
        if isinstance(action, actions.PlayPrompt)
    ]


def _waits(done: Sequence[Action]) -> list[str]:
    return [f"{a.seconds:g} s" for a in done if isinstance(a, actions.SetTimer)]


def described(event: Event) -> str:
    """An event in a few words; what the caller said stands in quotes."""
    match event:
        case events.Heard(utterance):
            return f'heard "{utterance.text}" {utterance.confidence:.2f}'
        case events.KeyPressed(key):
            return f"key {key}"
        case events.TransferEnded(outcome=outcome):
            return f"transfer ended: {outcome}"
        case events.OrderGiven(kind, argument):
            return f"order {kind} {argument}".strip()
        case events.LookupEnded(exit=exit_):
            return f"lookup ended: {exit_}"
    name = type(event).__name__
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def tally(replayed: Iterable[Replayed]) -> Mapping[Verdict, int]:
    """How many calls came to each verdict."""
    counts = dict.fromkeys(Verdict, 0)
    for one in replayed:
        counts[one.verdict] += 1
    return counts
