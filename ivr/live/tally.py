"""Tally: counts what calls did, from their records: for the metrics and for the alarms."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.call.journal import Record
from ivr.live.histogram import Histogram
from ivr.live.trends import NodeTrend, Spans
from ivr.routing.matching import OVERDUE

MAX_NAMES = 500
"""Nodes and outcomes that are counted by name; all others count as `OTHER`."""
OTHER = "other"

NOMATCH_MINUTES = 10
DECODE_MINUTES = 5

WAIT_BOUNDS = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
TURN_BOUNDS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
DECODE_BOUNDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)

Data = Mapping[str, Any]


@dataclass(slots=True)
class _Call:
    """What must be remembered of a call until the next record. Moments count from its begin."""

    node: str = ""
    delay: float = 0.0
    """From the end of the caller's speech to `Heard`."""
    heard: float | None = None
    queued: float | None = None


class Tally:
    """Follows every call's records; all counts are since the start of the server."""

    def __init__(
        self, nomatch_minutes: int = NOMATCH_MINUTES, decode_minutes: int = DECODE_MINUTES
    ) -> None:
        self.ended = Counter[str]()
        self.transfers = Counter[str]()
        self.nomatches = Counter[str]()
        self.noinputs = Counter[str]()
        self.waits = Histogram(WAIT_BOUNDS)
        self.turns = Histogram(TURN_BOUNDS)
        self.decoding = Histogram(DECODE_BOUNDS)
        self.nodes: dict[str, NodeTrend] = {}
        self.decoded = Spans(decode_minutes)
        self._nomatch_minutes = nomatch_minutes
        self._calls: dict[str, _Call] = {}
        self._steps: Mapping[str, Callable[[_Call, Data, float, float], None]] = {
            "EnterNode": self._entered,
            "Decoded": self._decoded,
            "Heard": self._heard,
            "TimerRang": self._rang,
            "PromptBegan": self._answers,
            "Explain": self._explained,
            "QueueChosen": self._queued,
            "AgentAnswered": self._answered,
            "TransferEnded": self._transferred,
        }

    def take_record(self, record: Record, now: float) -> None:
        """Count one record; `now` is in seconds since the epoch."""
        call_id, kind = record["call"], record["kind"]
        if kind == "CallEnded":
            self._calls.pop(call_id, None)
            self.ended[_name(record["data"]["outcome"] or OTHER, self.ended)] += 1
            return
        step = self._steps.get(kind)
        if step is None:
            return
        call = self._calls.get(call_id)
        if call is None:
            call = self._calls[call_id] = _Call()
        step(call, record["data"], record["at"], now)

    def _entered(self, call: _Call, data: Data, at: float, now: float) -> None:
        call.node, call.queued = data["node"], None

    def _decoded(self, call: _Call, data: Data, at: float, now: float) -> None:
        call.delay = data["silence"] + data["seconds"]
        self.decoding.add(data["seconds"])
        self.decoded.add(data["seconds"], now)

    def _heard(self, call: _Call, data: Data, at: float, now: float) -> None:
        call.heard = at
        self._trend(call.node).turn(now)

    def _rang(self, call: _Call, data: Data, at: float, now: float) -> None:
        call.heard = None  # what is said next is no answer to the caller

    def _answers(self, call: _Call, data: Data, at: float, now: float) -> None:
        if call.heard is not None:
            self.turns.add(call.delay + at - call.heard)
            call.heard = None

    def _explained(self, call: _Call, data: Data, at: float, now: float) -> None:
        facts = data["facts"]
        if "nomatch" in facts:
            self.nomatches[_name(call.node, self.nomatches)] += 1
            self._trend(call.node).nomatch(now)
        if "noinput" in facts:
            self.noinputs[_name(call.node, self.noinputs)] += 1

    def _queued(self, call: _Call, data: Data, at: float, now: float) -> None:
        if call.queued is None or data["facts"].get("kind") != OVERDUE:
            call.queued = at

    def _answered(self, call: _Call, data: Data, at: float, now: float) -> None:
        if call.queued is not None:
            self.waits.add(at - call.queued)
            call.queued = None

    def _transferred(self, call: _Call, data: Data, at: float, now: float) -> None:
        call.queued = None
        self.transfers[_name(data["outcome"], self.transfers)] += 1

    def _trend(self, node: str) -> NodeTrend:
        name = _name(node, self.nodes)
        if name not in self.nodes:
            self.nodes[name] = NodeTrend(self._nomatch_minutes)
        return self.nodes[name]


def _name(name: str, known: Mapping[str, Any]) -> str:
    return name if name in known or len(known) < MAX_NAMES else OTHER
