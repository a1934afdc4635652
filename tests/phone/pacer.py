"""One loop that sends the next 20 ms of every call, against absolute deadlines."""

import asyncio
from typing import Protocol

STEP = 0.02
MAX_LATE = 0.2
"""Seconds; a process held up for longer skips the lost time instead of sending it in a burst."""


class Sender(Protocol):
    """One call's outgoing audio."""

    def tick(self, number: int) -> None:
        """Send the frame of tick `number`; numbers rise by 1, by more after a hold-up."""


class Pacer:
    """Ticks its senders every 20 ms without drift; costs nothing while it has none."""

    def __init__(self) -> None:
        self._senders: dict[Sender, None] = {}
        self._wanted = asyncio.Event()

    def add(self, sender: Sender) -> None:
        self._senders[sender] = None
        self._wanted.set()

    def remove(self, sender: Sender) -> None:
        self._senders.pop(sender, None)

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        number, deadline = 0, loop.time()
        while True:
            if not self._senders:
                self._wanted.clear()
                await self._wanted.wait()
            late = loop.time() - deadline
            if late > MAX_LATE:
                skipped = int(late / STEP)
                number, deadline = number + skipped, deadline + skipped * STEP
            for sender in tuple(self._senders):
                sender.tick(number)
            number, deadline = number + 1, deadline + STEP
            await asyncio.sleep(max(0.0, deadline - loop.time()))
