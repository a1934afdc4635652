"""Rests: agents who let a call ring are left in peace for a while, then offered calls again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from ivr.errors import ManagerError

log = logging.getLogger(__name__)


class Rests:
    """Follows app_queue's own pauses (`autopause`). `resume` ends the pause of one agent."""

    def __init__(self, seconds: float, resume: Callable[[str], Awaitable[None]]) -> None:
        self._seconds = seconds
        self._resume = resume
        self._unanswered: set[str] = set()
        self._resting: dict[str, asyncio.Task[None]] = {}

    def note(self, name: str, unanswered: bool) -> None:
        """Whether app_queue has this agent paused; a pause that somebody else made is not."""
        if unanswered:
            self._unanswered.add(name)
        else:
            self._unanswered.discard(name)

    def forget(self) -> None:
        """The link is lost: the next snapshot will tell anew."""
        self._unanswered.clear()

    def begin(self, group: asyncio.TaskGroup) -> None:
        """Let those rest who do not yet, each in a task of `group`."""
        for name in self._unanswered - self._resting.keys():
            log.info("agent %s did not answer: no calls for %.0f s", name, self._seconds)
            self._resting[name] = group.create_task(self._rest(name))

    def stop(self) -> None:
        """End all waiting; the pauses stay as they are."""
        for task in self._resting.values():
            task.cancel()

    async def _rest(self, name: str) -> None:
        """End app_queue's pause after a while, unless somebody has paused the agent meanwhile."""
        try:
            await asyncio.sleep(self._seconds)
            if name in self._unanswered:
                await self._resume(name)
        except ManagerError as error:
            log.warning("agent %s stays paused: %s", name, error)
        finally:
            del self._resting[name]
