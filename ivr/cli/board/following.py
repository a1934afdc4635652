"""Following: the newest picture of a feed, also when the feed is lost or held still."""

import asyncio
from collections.abc import Callable

from ivr.cli.board.feed import Feed
from ivr.errors import IvrError
from ivr.live.picture import Picture
from ivr.ports import Clock

RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0)
"""Between tries to reach a server that went away; the last goes on."""


class Following:
    """Keeps the newest picture; `changed` is called at each and when the server comes or goes."""

    def __init__(self, feed: Feed, clock: Clock, changed: Callable[[], None]) -> None:
        self._feed = feed
        self._clock = clock
        self._changed = changed
        self._newest: Picture | None = None
        self._arrived = 0.0
        self._held: tuple[Picture, float] | None = None
        """The picture that stands still, and its moment."""
        self._lost: tuple[float, str] | None = None
        """Since when the server is out of reach (monotonic), and why."""

    @property
    def has_picture(self) -> bool:
        """Whether there was a picture yet."""
        return self._newest is not None

    @property
    def lost(self) -> tuple[float, str] | None:
        """For how many seconds the server has been out of reach, and why; None while it is not."""
        return (self._clock() - self._lost[0], self._lost[1]) if self._lost else None

    @property
    def behind(self) -> float | None:
        """How old a picture that stands still is, in seconds; None if none does."""
        return self._newest.at - self._held[1] if self._held and self._newest else None

    def now(self) -> tuple[Picture | None, float]:
        """The picture to show, and its moment by the server's clock."""
        if self._held is not None:
            return self._held
        if self._newest is None:
            return None, 0.0
        passed = 0.0 if self._lost else self._clock() - self._arrived
        return self._newest, self._newest.at + passed

    def hold(self) -> None:
        """Let the picture of this moment stand still; again: go on."""
        picture, now = self.now()
        self._held = None if self._held or picture is None else (picture, now)

    async def run(self) -> None:
        """Take pictures for ever; come back by ourselves when the server was gone."""
        tries = 0
        while True:
            try:
                async for picture in self._feed.pictures():
                    tries, self._lost = 0, None
                    self._newest, self._arrived = picture, self._clock()
                    self._changed()
                why = "the server ended"
            except IvrError as error:
                why = str(error)
            since = self._lost[0] if self._lost else self._clock()
            self._lost = (since, why)
            self._changed()
            await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
            tries += 1
