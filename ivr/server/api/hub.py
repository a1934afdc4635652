"""Hub: gives every stream what it wished for; what all get is computed and written once."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from ivr.call.journal import Record
from ivr.live.changes import difference
from ivr.live.picture import AlarmRow, Picture
from ivr.live.transcript import Line, line_of
from ivr.ports import Clock
from ivr.server.api.access import Caller
from ivr.server.api.limits import MAX_STREAMS
from ivr.server.harmless import Harmless

TICK_SECONDS = 0.5
MAX_WAITING = 256
"""Messages that wait for one client; who falls further behind is dropped."""
MAX_LINES = 500
"""Transcript lines kept of one call that goes on."""
MAX_CALLS = 10_000
TOPICS = ("records", "screens", "alarms")

POLICY = 1008
TOO_SLOW = 1013
GOING_AWAY = 1001
NORMAL = 1000
ENDING_SECONDS = 1.0
ENDING_STEPS = 50

_PICTURE = TypeAdapter(Picture)
_ALARM = TypeAdapter(AlarmRow)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a stream wants: the picture and its changes, topics (screens of `agent` only, if
    given), or the lines of one call."""

    picture: bool = False
    topics: frozenset[str] = frozenset()
    agent: str = ""
    call: str = ""


@dataclass(eq=False)
class Listener:
    """One open stream. `over` is set when it must end, with `code` and `why`."""

    caller: Caller
    wish: Wish
    waiting: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(MAX_WAITING))
    over: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = NORMAL
    why: str = ""

    def offer(self, text: str) -> None:
        """Queue a message, or drop a client who does not keep up."""
        if self.over.is_set():
            return
        try:
            self.waiting.put_nowait(text)
        except asyncio.QueueFull:
            self.end(TOO_SLOW, "too slow")

    def end(self, code: int = NORMAL, why: str = "") -> None:
        if not self.over.is_set():
            self.code, self.why = code, why
            self.over.set()


class Hub:
    """All open streams. Feed it `take_record` and `take_screen`; give it `run` beside the house.

    `holds` says whether a caller's token is still in force.
    """

    def __init__(
        self,
        picture: Callable[[], Picture],
        holds: Callable[[Caller], bool] = lambda caller: True,
        clock: Clock = time.monotonic,
    ) -> None:
        self._picture = picture
        self._holds = holds
        self._clock = clock
        self._listeners: set[Listener] = set()
        self._shown: Picture | None = None
        self._written = ""
        self._lines: dict[str, deque[Line]] = {}
        self.lag = 0.0
        """How late the event loop last was, in seconds."""
        self.dropped = 0
        """Clients that were too slow, since the start."""

    @property
    def count(self) -> int:
        return len(self._listeners)

    @property
    def full(self) -> bool:
        return len(self._listeners) >= MAX_STREAMS

    @contextmanager
    def joined(self, caller: Caller, wish: Wish) -> Iterator[Listener]:
        """A listener as long as the block lasts; what there is so far waits in it."""
        listener = Listener(caller, wish)
        if wish.picture:
            listener.offer(self._first())
        if wish.call:
            for line in self.lines(wish.call):
                listener.offer(_text({"line": line.record()}))
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self.dropped += listener.code == TOO_SLOW

    async def run(self) -> None:
        """Tell changes for ever."""
        due, harmless = self._clock(), Harmless("telling the streams what changed")
        while True:
            due = max(due + TICK_SECONDS, self._clock())
            await asyncio.sleep(due - self._clock())
            self.lag = max(0.0, self._clock() - due)
            with harmless:
                self.tell_changes()

    async def end_all(self) -> None:
        """The server stops: end every stream in good order."""
        for listener in tuple(self._listeners):
            listener.end(GOING_AWAY, "the hotline stops")
        for _ in range(ENDING_STEPS):
            if not self._listeners:
                return
            await asyncio.sleep(ENDING_SECONDS / ENDING_STEPS)

    def lines(self, call: str) -> list[Line]:
        """What has been said in a call that goes on."""
        return list(self._lines.get(call, ()))

    def take_record(self, record: Record) -> None:
        """A journal's sink: keep and tell the transcript, masked."""
        call = record["call"]
        if record["kind"] == "CallEnded":
            self._lines.pop(call, None)
            for listener in tuple(self._listeners):
                if listener.wish.call == call:
                    listener.end(NORMAL, "the call has ended")
            return
        line = line_of(record)
        if line is None or (call not in self._lines and len(self._lines) >= MAX_CALLS):
            return
        self._lines.setdefault(call, deque(maxlen=MAX_LINES)).append(line)
        if self._listeners:
            shown = line.record()
            self._tell(lambda wish: wish.call == call, {"line": shown})
            self._tell_topic("records", {"call": call, "line": shown})

    def take_screen(self, screen: Mapping[str, Any]) -> None:
        """An agent took a call: tell the screens of that agent."""
        agent = str(screen.get("agent", ""))
        self._tell(
            lambda wish: "screens" in wish.topics and wish.agent in ("", agent),
            {"event": {"topic": "screens", "screen": dict(screen)}},
        )

    def tell_changes(self) -> None:
        """What `run` does each time: one look at everything, for all streams."""
        for listener in tuple(self._listeners):
            if not self._holds(listener.caller):
                listener.end(POLICY, "this token was revoked")
        if not any(one.wish.picture or "alarms" in one.wish.topics for one in self._listeners):
            self._shown = None
            return
        before, self._shown = self._shown, self._picture()
        self._written = ""
        if before is None:
            return
        self._tell(lambda wish: wish.picture, {"changes": difference(before, self._shown)})
        self._tell_alarms(before, self._shown)

    def _tell_alarms(self, before: Picture, after: Picture) -> None:
        old = {(one.rule, one.subject): one for one in before.alarms}
        new = {(one.rule, one.subject): one for one in after.alarms}
        raised = [json.loads(_ALARM.dump_json(new[key])) for key in new.keys() - old.keys()]
        cleared = [json.loads(_ALARM.dump_json(old[key])) for key in old.keys() - new.keys()]
        if raised or cleared:
            self._tell_topic("alarms", {"raised": raised, "cleared": cleared})

    def _first(self) -> str:
        """The picture that the next changes follow, written once for all who join meanwhile."""
        if self._shown is None:
            self._shown, self._written = self._picture(), ""
        if not self._written:
            self._written = f'{{"picture":{_PICTURE.dump_json(self._shown).decode()}}}'
        return self._written

    def _tell_topic(self, topic: str, event: dict[str, Any]) -> None:
        self._tell(lambda wish: topic in wish.topics, {"event": {"topic": topic, **event}})

    def _tell(self, wanted: Callable[[Wish], bool], message: dict[str, Any]) -> None:
        text = ""
        for listener in tuple(self._listeners):
            if wanted(listener.wish):
                text = text or _text(message)
                listener.offer(text)


def _text(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
