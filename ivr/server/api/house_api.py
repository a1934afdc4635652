"""House API: the application for one house, fed by its calls, for as long as the house stands."""

import functools
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from sqlalchemy import Engine

from ivr.errors import StoreError
from ivr.live.choices import Choices
from ivr.live.picture import Picture
from ivr.ports import Clock
from ivr.server.api.application import application
from ivr.server.api.hub import Hub
from ivr.server.api.limits import ASKING_SECONDS
from ivr.server.api.needs import Needs, Pictures
from ivr.server.api.opening import Doors
from ivr.server.api.questions import Questions
from ivr.server.api.readiness import Readiness
from ivr.server.beside import beside
from ivr.server.control.audit_trail import AuditTrail
from ivr.server.control.given import GivenOrders, Obeying
from ivr.server.control.known_calls import KnownCalls
from ivr.store.audit import AuditLog
from ivr.store.callbacks import CallbackStore
from ivr.store.database import within
from ivr.store.history import History


class Control:
    """Everything by which a house is watched and steered; made before the house takes calls.

    `hub` is fed with records and screens, `given` carries orders into the audit log.
    """

    def __init__(
        self,
        board: Pictures,
        orders: Obeying,
        choices: Callable[[str], Choices],
        engine: Engine,
        doors: Doors,
        readiness: Readiness,
        metrics: Callable[[Picture], bytes],
        clock: Clock = time.time,
    ) -> None:
        self._doors = doors
        self._board = board
        self._clock = clock
        asked = within(engine, ASKING_SECONDS)
        self._history = History(asked)
        self._questions = Questions()
        audit = AuditLog(asked)
        self._trail = AuditTrail(audit, clock)
        self.hub = Hub(lambda: board.picture(clock()), doors.holds)
        self.given = GivenOrders(KnownCalls(orders, self._goes_on, self._was), self._trail)
        readiness.add(lambda: self._trail.fault and f"the audit log: {self._trail.fault}")
        self._needs = Needs(
            board=board,
            choices=choices,
            history=self._history,
            callbacks=CallbackStore(asked),
            audit=audit,
            questions=self._questions,
            orders=self.given,
            hub=self.hub,
            readiness=readiness,
            metrics=metrics,
            clock=clock,
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Answer for as long as the block lasts; then every stream is ended in good order."""
        async with AsyncExitStack() as stack:
            stack.callback(self._trail.close)
            stack.callback(self._questions.close)
            await stack.enter_async_context(beside([self.hub.run()]))
            stack.push_async_callback(self.hub.end_all)
            stack.enter_context(self._doors.showing(application(self._needs)))
            yield

    def _goes_on(self, call: str) -> bool:
        return any(row.call == call for row in self._board.picture(self._clock()).calls)

    async def _was(self, call: str) -> bool:
        try:
            await self._questions.ask(functools.partial(self._history.call, call))
        except StoreError:  # no such call, or no record to be asked
            return False
        return True
