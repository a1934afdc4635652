"""Needs: everything the endpoints ask or tell, in one bundle."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ivr.live.choices import Choices
from ivr.live.picture import Picture
from ivr.ports import Clock
from ivr.server.api.hub import Hub
from ivr.server.api.questions import Questions
from ivr.server.api.readiness import Readiness
from ivr.server.control.given import GivenOrders
from ivr.store.audit import AuditLog
from ivr.store.callbacks import CallbackStore
from ivr.store.history import History


class Pictures(Protocol):
    """Whoever knows what goes on; `ivr.live.board.Board`."""

    def picture(self, now: float) -> Picture: ...


@dataclass(frozen=True, slots=True)
class Needs:
    """`choices` tells what orders may name about a call, or with "" about any; `metrics` gives
    Prometheus' text; `lag` how late the event loop last was, in seconds."""

    board: Pictures
    choices: Callable[[str], Choices]
    history: History
    callbacks: CallbackStore
    audit: AuditLog
    questions: Questions
    orders: GivenOrders
    hub: Hub
    readiness: Readiness
    metrics: Callable[[Picture], bytes]
    clock: Clock

    def now(self) -> Picture:
        """The picture of this moment."""
        return self.board.picture(self.clock())
