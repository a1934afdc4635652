"""Webhook: events for other programs, posted as JSON; what nobody takes is dropped."""

import asyncio
import json
import logging
from typing import Any

import aiohttp

from ivr.server.harmless import Harmless

MAX_PENDING = 200
TRIES = 3
PAUSE_SECONDS = 0.5
POST_SECONDS = 5.0

log = logging.getLogger(__name__)


class Webhook:
    """Posts events to one address, in order. Give it `run` beside the server.

    The body is the event itself; any 2xx answer takes it. Three tries, then it is logged and lost:
    the call's journal has all of it.
    """

    def __init__(self, url: str, what: str = "an event for the agents' screens") -> None:
        """`what` says in the log what was lost."""
        self._url = url
        self._what = what
        self._pending: asyncio.Queue[dict[str, Any]] = asyncio.Queue(MAX_PENDING)
        self.lost = 0

    def send(self, event: dict[str, Any]) -> None:
        """Queue an event; returns at once."""
        try:
            self._pending.put_nowait(event)
        except asyncio.QueueFull:
            self._lose("too many events wait")

    async def run(self) -> None:
        """Post what comes, for ever."""
        timeout, harmless = aiohttp.ClientTimeout(total=POST_SECONDS), Harmless("a webhook")
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                event = await self._pending.get()
                with harmless:
                    await self._deliver(session, event)

    async def _deliver(self, session: aiohttp.ClientSession, event: dict[str, Any]) -> None:
        body = json.dumps(event, ensure_ascii=False).encode()
        why = ""
        for tried in range(TRIES):
            why = await self._post(session, body)
            if not why:
                return
            await asyncio.sleep(PAUSE_SECONDS * 2**tried)
        self._lose(why)

    async def _post(self, session: aiohttp.ClientSession, body: bytes) -> str:
        """Why it was not taken, or nothing."""
        try:
            headers = {"Content-Type": "application/json; charset=utf-8"}
            async with session.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return "" if answer.status // 100 == 2 else f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__

    def _lose(self, why: str) -> None:
        self.lost += 1
        log.warning("%s was lost: %s", self._what, why)
