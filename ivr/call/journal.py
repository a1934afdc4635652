"""CallJournal: one JSON-able record per event and action of a call, in order, before it is obeyed.

A record is a flat object: `at` (seconds since the call began), `call`, `what` ("event", "action" or
"note"), `kind` (the class name) and the fields of that event or action under `data`.
"""

import logging
from collections.abc import Callable
from typing import Any

from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.records import record_of
from ivr.ports import Clock

log = logging.getLogger(__name__)

Record = dict[str, Any]
Sink = Callable[[Record], None]


class CallJournal:
    """Hands every record of one call to its sinks, which must return at once."""

    def __init__(self, call_id: str, clock: Clock, *sinks: Sink) -> None:
        self._call_id = call_id
        self._clock = clock
        self._began = clock()
        self._sinks = sinks

    def event(self, event: Event) -> None:
        self._write("event", type(event).__name__, _fields(event))

    def action(self, action: Action) -> None:
        self._write("action", type(action).__name__, _fields(action))

    def note(self, kind: str, **data: Any) -> None:
        """What the dialogue does not see: first audio out, the queue chosen, a crash."""
        self._write("note", kind, data)

    def _write(self, what: str, kind: str, data: dict[str, Any]) -> None:
        record: Record = {
            "at": round(self._clock() - self._began, 3),
            "call": self._call_id,
            "what": what,
            "kind": kind,
            "data": data,
        }
        for sink in self._sinks:
            try:
                sink(record)
            except Exception as error:  # a screen that is gone must not end a caller's call
                log.error("a journal record was not shown: %s", type(error).__name__)


def _fields(value: Event | Action) -> dict[str, Any]:
    return {name: field for name, field in record_of(value).items() if name != "is"}
