"""Conversation: one open audio link with its ears (the listener) and its mouth (the player)."""

import asyncio
from collections.abc import Callable

from ivr.audio.frames import AudioFrame
from ivr.call.cause import cause_of
from ivr.call.listener import Listener
from ivr.call.player import Player
from ivr.call.recorder import Recorder
from ivr.dialogue.events import CallerHungUp, Event, KeyPressed
from ivr.errors import AudioSocketError
from ivr.ports import AudioLink


class Conversation:
    """Lives from the opening of a link until the caller leaves or `close` gives the channel back.

    `post` receives every event; it must not wait. `gone` tells whether the caller has left.
    """

    def __init__(
        self,
        link: AudioLink,
        player: Player,
        listener: Listener,
        post: Callable[[Event], None],
        gone: Callable[[], bool],
    ) -> None:
        self._link = link
        self._post = post
        self._gone = gone
        self._closing = False
        self._over = asyncio.Event()
        self.player = player
        self.listener = listener
        self.recorder: Recorder | None = None
        """Takes the caller's frames while nothing is being said."""

    async def run(self) -> None:
        """Talk and listen until the link ends.

        Raises:
            AudioSocketError: if it ended although the caller is still there.
            Exception: what failed in an ear or the mouth, as it is.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                mouth = tasks.create_task(self.player.run())
                await self._listen()
                mouth.cancel()
        except ExceptionGroup as group:
            raise cause_of(group) from None
        finally:
            self.listener.stop()
            self._over.set()
        if self._closing:
            return
        if not self._gone():
            raise AudioSocketError("the audio link was lost while the caller was there")
        self._post(CallerHungUp())

    async def _listen(self) -> None:
        clock = asyncio.get_running_loop().time
        while (received := await self._link.receive()) is not None:
            if self._closing:
                continue
            if isinstance(received, AudioFrame):
                self.listener.prompt_playing = self.player.playing
                self.listener.feed(received, clock())
                if self.recorder is not None and not self.player.playing:
                    self.recorder.feed(received)
            else:
                self._post(KeyPressed(received))

    async def close(self) -> None:
        """Give the channel back without hanging up; returns when that is done."""
        self._closing = True
        await self._link.close()
        await self._over.wait()
