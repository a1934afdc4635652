"""Line: a telephone line without a telephone, for calls whose caller is a program."""

import asyncio
from collections import deque

from ivr.audio.frames import FRAME_SECONDS, SILENCE, AudioFrame, frames_of
from ivr.ports import QueueEntry, TransferOutcome

MAX_CATCH_UP = 0.1
"""Seconds behind its time from which on a line leaves frames out rather than hurry."""


class Line:
    """An `AudioLink`: what `speak` and `press` give is received, a frame each 20 ms.

    `sent` is what the bot said, `received` what the caller did, frame by frame.
    """

    def __init__(self) -> None:
        self.sent: list[AudioFrame] = []
        self.received: list[AudioFrame] = []
        self._speech: deque[AudioFrame] = deque()
        self._keys: deque[str] = deque()
        self._due: float | None = None
        self._over = asyncio.Event()

    # -- the caller's end ------------------------------------------------------------------------

    def speak(self, pcm: bytes) -> None:
        """Say this after what is still being said."""
        self._speech.extend(frames_of(pcm))

    def press(self, key: str) -> None:
        self._keys.append(key)

    @property
    def speaking(self) -> bool:
        """Whether the caller has still something to say."""
        return bool(self._speech)

    @property
    def open(self) -> bool:
        return not self._over.is_set()

    def end(self) -> None:
        """The caller leaves."""
        self._over.set()

    # -- the bot's end -----------------------------------------------------------------------

    async def receive(self) -> AudioFrame | str | None:
        clock = asyncio.get_running_loop().time
        now = clock()
        due = self._due if self._due is not None else now
        self._due = max(due, now - MAX_CATCH_UP) + FRAME_SECONDS
        if self._keys:
            return self._keys.popleft()
        await asyncio.sleep(max(0.0, due - now))
        if self._over.is_set():
            return None
        frame = self._speech.popleft() if self._speech else SILENCE
        self.received.append(frame)
        return frame

    def send(self, frame: AudioFrame) -> None:
        if not self._over.is_set():
            self.sent.append(frame)

    async def close(self) -> None:
        self._over.set()


class LineChannel:
    """A `CallChannel` with a `Line` each time the bot talks, and a queue of one.

    `waiting` is the entry of a caller who waits for an agent; `end_queue` ends that.
    """

    def __init__(self, call_id: str, caller: str = "", called: str = "") -> None:
        self.call_id = call_id
        self.caller = caller
        self.called = called
        self.gone = False
        self.line: Line | None = None
        self.lines: list[Line] = []
        self.waiting: QueueEntry | None = None
        self._outcome: asyncio.Future[TransferOutcome] | None = None

    async def open_audio(self) -> Line:
        self.line = Line()
        self.lines.append(self.line)
        return self.line

    async def set_variables(self, values: dict[str, str]) -> None:
        """A program's call has no channel variables."""

    async def play(self, sound: str) -> None:
        """No switch stands behind this call: nothing is played by one."""

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        self.waiting = entry
        self._outcome = asyncio.get_running_loop().create_future()
        try:
            return await self._outcome
        finally:
            self.waiting = None

    async def join(self, channel: str) -> bool:
        """Nobody else is on this line."""
        return False

    def end_queue(self, outcome: TransferOutcome) -> None:
        """How the wait for an agent ends."""
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)

    async def hang_up(self) -> None:
        self.leave()

    def leave(self) -> None:
        """The caller is gone."""
        self.gone = True
        if self.line is not None:
            self.line.end()
        self.end_queue(TransferOutcome.ABANDONED)
