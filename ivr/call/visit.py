"""Visit: one call of a caller who may have called before: asked first, learned from at last."""

import asyncio
from collections.abc import Callable

from ivr.dialogue.actions import Action, Explain, StartTransfer
from ivr.dialogue.state import State
from ivr.errors import StoreError
from ivr.ports import CallerBook, Lesson, Profile

PROFILE_SECONDS = 0.3
"""A caller is answered without a profile rather than later."""

MAX_CHOICES = 100
COMPLAINT = "complaint"
"""The issue of a transfer that is a complaint."""


class Visit:
    """Nothing that fails here is heard by the caller; it is noted."""

    def __init__(self, book: CallerBook | None, caller: str, note: Callable[..., None]) -> None:
        self._book = book
        self._caller = caller
        self._note = note
        self._choices: list[str] = []
        self._nomatches = 0
        self._complained = False

    async def profile(self) -> Profile:
        """What is known of the caller; nothing if that cannot be had in time."""
        if self._book is None:
            return {}
        try:
            async with asyncio.timeout(PROFILE_SECONDS):
                return await self._book.profile(self._caller)
        except (StoreError, TimeoutError) as error:
            self._note("ProfileMissing", why=type(error).__name__)
            return {}

    def saw(self, action: Action) -> None:
        """Remember what the caller chose, where they were not understood, and complaints."""
        if isinstance(action, StartTransfer):
            self._complained = self._complained or action.need.issue == COMPLAINT
        if isinstance(action, Explain):
            chosen = action.facts.get("chosen")
            if isinstance(chosen, str) and len(self._choices) < MAX_CHOICES:
                self._choices.append(chosen)
            self._nomatches += "nomatch" in action.facts

    async def over(self, state: State) -> None:
        """Learn from the whole call."""
        if self._book is None:
            return
        complained = self._complained or state.mood.annoyed
        lesson = Lesson(tuple(self._choices), state.outcome, self._nomatches, complained)
        try:
            await self._book.learn(self._caller, lesson)
        except StoreError as error:
            self._note("LessonLost", why=str(error))
