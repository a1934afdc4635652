"""Alarm posts: alarms go into the record, and to whoever wants to be told."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from ivr.errors import StoreError
from ivr.live.picture import AlarmRow
from ivr.server.harmless import Harmless
from ivr.store.alarms import AlarmLog
from ivr.store.failures import passing

MAX_WAITING = 1000
PAUSE_SECONDS = 5.0
"""Between two tries at a database that is away."""

log = logging.getLogger(__name__)


class AlarmPosts:
    """Writes what it is told, in order, and never makes the teller wait. Give it `run`.

    `send` gets each alarm as JSON-able values; it must return at once.
    """

    def __init__(self, kept: AlarmLog, send: Callable[[dict[str, Any]], None] | None) -> None:
        self._kept = kept
        self._send = send
        self._waiting: asyncio.Queue[tuple[AlarmRow, float | None]] = asyncio.Queue(MAX_WAITING)

    @property
    def waiting(self) -> int:
        """Alarms that are not written yet."""
        return self._waiting.qsize()

    def tell(self, row: AlarmRow, cleared: float | None) -> None:
        """An alarm was raised, or is over since `cleared`."""
        if self._send is not None:
            self._send(event_of(row, cleared))
        try:
            self._waiting.put_nowait((row, cleared))
        except asyncio.QueueFull:
            log.error("alarm %s, %s is not recorded: too many wait", row.rule, row.subject)

    async def run(self, now: float) -> None:
        """Write for ever; alarms of a server before us are over since `now`."""
        harmless = Harmless("recording alarms")
        with harmless:
            await self._write(partial(self._kept.clear_all, now))
        while True:
            row, cleared = await self._waiting.get()
            with harmless:
                await self._write(partial(self._keep, row, cleared))

    def _keep(self, row: AlarmRow, cleared: float | None) -> None:
        if cleared is None:
            self._kept.raised(row.rule, row.subject, row.text, row.raised)
        else:
            self._kept.cleared(row.rule, row.subject, cleared)

    async def _write(self, what: Callable[[], None]) -> None:
        told = False
        while True:
            try:
                return await asyncio.to_thread(what)
            except StoreError as error:
                if not passing(error):
                    return log.warning("an alarm was not recorded: %s", error)
                if not told:
                    log.warning("alarms are recorded later: %s", error)
                told = True
            await asyncio.sleep(PAUSE_SECONDS)


def event_of(row: AlarmRow, cleared: float | None) -> dict[str, Any]:
    """What a webhook gets: `event` is alarm_raised or alarm_cleared, moments are epoch seconds."""
    event = {
        "event": "alarm_raised" if cleared is None else "alarm_cleared",
        "rule": row.rule,
        "subject": row.subject,
        "severity": row.severity.value,
        "text": row.text,
        "raised": row.raised,
    }
    return event if cleared is None else {**event, "cleared": cleared}
