"""The mouth of a call: plays prompts as 20 ms frames on time, and falls silent at once."""

import asyncio
import logging
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ivr.audio.frames import (
    FRAME_BYTES,
    FRAME_SECONDS,
    SAMPLE_BYTES,
    SAMPLE_RATE,
    SILENCE,
    AudioFrame,
)
from ivr.dialogue.events import PromptEnded
from ivr.errors import SpeechError
from ivr.flow.prompt import PromptSegment
from ivr.ports import AudioLink

logger = logging.getLogger(__name__)

SEGMENT_PAUSE_SECONDS = 0.15
"""Silence between the segments of a prompt: a speaker's breath."""

FADE_SECONDS = 0.005
"""How fast speech fades when it is stopped: too short to hear, too long to click."""

MAX_CATCH_UP = 3
"""Frames sent at once after a stall. Asterisk buffers nothing: a longer burst would be lost
speech, so beyond this the schedule moves and the caller hears a pause instead."""

MAX_WAITING = 64
"""Prompts that may wait; an honest dialogue has two or three."""

FETCH_SECONDS = 10.0
"""A segment that takes longer is left out."""

SIGNAL = -1
"""The serial of what is no prompt."""

_PAUSE_BYTES = int(SEGMENT_PAUSE_SECONDS / FRAME_SECONDS) * FRAME_BYTES


class PromptSource(Protocol):
    """Where audio comes from (`ivr.speech.prompt_store.PromptStore`)."""

    async def fetch(self, segment: PromptSegment) -> bytes:
        """PCM in the format of `ivr.audio.frames`; raises SpeechError."""


@dataclass(slots=True, eq=False)
class _Prompt:
    """One prompt on its way: `audio` grows while segments arrive, until `fetched`."""

    serial: int
    segments: tuple[PromptSegment, ...]
    audio: bytearray = field(default_factory=bytearray)
    position: int = 0
    fetched: bool = False
    began: bool = False
    task: asyncio.Task[None] | None = None

    @property
    def finished(self) -> bool:
        return self.fetched and self.position >= len(self.audio)


class Player:
    """Plays prompts one after the other into `link` for as long as `run` runs.

    `ended` is called exactly once for each prompt, within the event loop and without waiting:
    when its last frame has had its time, when `stop` or `close` was called, or when `run` ends.
    `began` is called with the serial when the first frame of a prompt is sent. When nothing
    plays, silence is sent, because Asterisk ends a link on which neither side sends.
    """

    def __init__(
        self,
        link: AudioLink,
        source: PromptSource,
        ended: Callable[[PromptEnded], None],
        began: Callable[[int], None] = lambda serial: None,
    ) -> None:
        self._link = link
        self._source = source
        self._ended = ended
        self._began = began
        self._queue: deque[_Prompt] = deque()
        self._tasks: asyncio.TaskGroup | None = None
        self._last_frame: AudioFrame | None = None
        self._over = False
        self._seconds = 0.0

    @property
    def playing(self) -> bool:
        """True while a prompt plays or waits."""
        return bool(self._queue)

    @property
    def serial(self) -> int | None:
        """The prompt that plays or is about to."""
        return self._queue[0].serial if self._queue else None

    @property
    def seconds_played(self) -> float:
        """Of the prompt that plays, else of the last one, pauses included."""
        return self._seconds

    def play(self, serial: int, segments: tuple[PromptSegment, ...]) -> None:
        """Say this after what is being said. Fetching its audio begins now.

        A player that is over, or has `MAX_WAITING` prompts waiting, reports the end at once.
        """
        if self._over or len(self._queue) >= MAX_WAITING:
            self._ended(PromptEnded(serial, completed=False))
            return
        prompt = _Prompt(serial, segments)
        self._queue.append(prompt)
        self._start_fetching(prompt)

    def sound(self, pcm: bytes) -> None:
        """Let a signal sound after what is being said; its end is not reported."""
        if not self._over and len(self._queue) < MAX_WAITING:
            self._queue.append(_Prompt(SIGNAL, (), bytearray(pcm), fetched=True))

    def stop(self) -> None:
        """Fall silent within one frame and forget waiting prompts; their ends are reported."""
        if not self._queue:
            return
        self._last_frame = _fading(self._queue[0])
        prompts, self._queue = self._queue, deque()
        for prompt in prompts:
            if prompt.task is not None:
                prompt.task.cancel()
        for prompt in prompts:
            self._report(prompt, completed=False)

    def close(self) -> None:
        """Stop for good: later prompts end at once. `run` closes when it ends; whoever may cancel
        a `run` that has not begun closes too."""
        self._over = True
        self._tasks = None
        self.stop()

    async def run(self) -> None:
        """Send a frame each 20 ms against absolute deadlines until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                for prompt in self._queue:
                    self._start_fetching(prompt)
                await self._pace()
        finally:
            self.close()

    async def _pace(self) -> None:
        clock = asyncio.get_running_loop().time
        due = clock()
        while True:
            # At least one turn of the loop between two frames, even when catching up.
            await asyncio.sleep(max(0.0, due - clock()))
            self._link.send(self._next_frame())
            due = max(due + FRAME_SECONDS, clock() - (MAX_CATCH_UP - 1) * FRAME_SECONDS)

    # -- the next frame ------------------------------------------------------------------

    def _next_frame(self) -> AudioFrame:
        if self._last_frame is not None:
            frame, self._last_frame = self._last_frame, None
            return frame
        # A prompt whose last frame went out one frame ago is over now; the next one follows
        # without a gap. `ended` may call `play` or `stop`, so the queue is looked at afresh.
        while self._queue and self._queue[0].finished:
            prompt = self._queue.popleft()
            self._seconds = prompt.position / (SAMPLE_RATE * SAMPLE_BYTES)
            self._report(prompt, completed=True)
        if not self._queue or self._last_frame is not None:
            return SILENCE
        return self._frame_of(self._queue[0])

    def _report(self, prompt: _Prompt, *, completed: bool) -> None:
        if prompt.serial != SIGNAL:
            self._ended(PromptEnded(prompt.serial, completed))

    def _frame_of(self, prompt: _Prompt) -> AudioFrame:
        ready = len(prompt.audio) - prompt.position
        if ready <= 0 or (ready < FRAME_BYTES and not prompt.fetched):
            return SILENCE
        if not prompt.began:
            prompt.began = True
            if prompt.serial != SIGNAL:
                self._began(prompt.serial)
        pcm = bytes(prompt.audio[prompt.position : prompt.position + FRAME_BYTES])
        prompt.position += len(pcm)
        self._seconds = prompt.position / (SAMPLE_RATE * SAMPLE_BYTES)
        return AudioFrame(pcm.ljust(FRAME_BYTES, b"\0"))

    # -- fetching ------------------------------------------------------------------------

    def _start_fetching(self, prompt: _Prompt) -> None:
        if self._tasks is not None and prompt.task is None and not prompt.fetched:
            prompt.task = self._tasks.create_task(self._fetch(prompt))

    async def _fetch(self, prompt: _Prompt) -> None:
        """Bring a prompt's audio, segment by segment, while earlier ones already play."""
        for segment in prompt.segments:
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    pcm = await self._source.fetch(segment)
            except (SpeechError, TimeoutError) as error:
                # The rest of the prompt, and the keys it offers, are worth more than silence.
                logger.warning("prompt %d: a segment is left out: %s", prompt.serial, error)
                continue
            if pcm and prompt.audio:
                prompt.audio += bytes(_PAUSE_BYTES)
            prompt.audio += pcm[: len(pcm) - len(pcm) % SAMPLE_BYTES]
        prompt.fetched = True


def _fading(prompt: _Prompt) -> AudioFrame | None:
    """The frame that follows when a prompt is stopped: 5 ms that fade, then silence."""
    if not prompt.began:
        return None
    count = int(FADE_SECONDS * SAMPLE_RATE)
    rest = prompt.audio[prompt.position : prompt.position + count * SAMPLE_BYTES]
    samples = struct.unpack(f"<{len(rest) // SAMPLE_BYTES}h", rest)
    faded = (sample * (count - index) // (count + 1) for index, sample in enumerate(samples))
    pcm = struct.pack(f"<{len(samples)}h", *faded)
    return AudioFrame(pcm.ljust(FRAME_BYTES, b"\0"))
