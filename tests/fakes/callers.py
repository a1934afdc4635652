"""MemoryCallers: histories of callers for as long as a test runs."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ivr.ports import Lesson, Profile
from ivr.store.caller_history import CallerHistory, known_by

MAX_CALLERS = 100_000
"""Beyond this the caller who called longest ago is forgotten."""


class MemoryCallers:
    """A `CallerBook` without a disk."""

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        self._today = today
        self._key = secrets.token_bytes(32)
        self._histories: dict[str, CallerHistory] = {}

    async def profile(self, caller: str) -> Profile:
        return self._histories.get(known_by(caller, self._key), CallerHistory()).profile(
            self._today()
        )

    async def learn(self, caller: str, lesson: Lesson) -> None:
        if who := known_by(caller, self._key):
            before = self._histories.pop(who, CallerHistory())
            self._histories[who] = before.after(lesson, self._today())
            if len(self._histories) > MAX_CALLERS:
                del self._histories[next(iter(self._histories))]

    async def set_tier(self, caller: str, tier: str) -> None:
        if who := known_by(caller, self._key):
            before = self._histories.get(who, CallerHistory())
            self._histories[who] = replace(before, tier=tier)

    async def forget(self, caller: str) -> bool:
        return self._histories.pop(known_by(caller, self._key), None) is not None
