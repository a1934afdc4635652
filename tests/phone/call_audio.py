"""The audio of one call as its script uses it: speak, press, wait for what is heard."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.phone.errors import CallEnded
from tests.phone.media import STEP, Media
from tests.phone.outcome import Outcome
from tests.phone.recording import Recording, save_stereo_wav
from tests.phone.signal import SOUND_RMS, Match, find, first_sound_after, samples_of, silent_from


class Side(StrEnum):
    """Who ended a call."""

    US = "us"
    THEM = "them"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended; `at` is in seconds of the call, `status` 200 after a BYE."""

    by: Side
    cause: str
    status: int
    at: float


class CallAudio:
    """All times are seconds since the call began, on the monotonic clock.

    What waits raises `CallEnded` once the call is over, and `TimeoutError` when its time is up.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.epoch = self._loop.time()
        self.ended: Outcome[Ended] = Outcome()
        self._media = Media(self.epoch)

    @property
    def now(self) -> float:
        """The call's clock."""
        return self._loop.time() - self.epoch

    @property
    def heard(self) -> Recording:
        return self._media.heard

    @property
    def spoken(self) -> Recording:
        return self._media.spoken

    @property
    def keys(self) -> list[tuple[float, str]]:
        """The keys that the other end pressed, each with its time."""
        return self._media.keys

    @property
    def keys_heard(self) -> str:
        return "".join(key for _, key in self._media.keys)

    async def speak(self, pcm: bytes) -> tuple[float, float]:
        """Say 16-bit little-endian 8 kHz PCM in real time; returns when it began and ended."""
        return await self._media.speak(pcm)

    async def press(
        self, keys: str, *, milliseconds: int = 100, pause: float = 0.1
    ) -> list[tuple[float, float]]:
        """Press keys (RFC 4733), `pause` seconds apart; returns (down, up) of each."""
        spans: list[tuple[float, float]] = []
        for key in keys:
            spans.append(await self._media.press(key, milliseconds))
            await asyncio.sleep(pause)
        return spans

    async def heard_sound(
        self, after: float = 0.0, timeout: float = 10.0, *, level: float = SOUND_RMS
    ) -> float:
        """Wait for sound at or after `after`; returns when it began (`after` if it went on)."""
        deadline, loud = self.now + timeout, 0
        index = self.heard.index_at(after)
        while True:
            while index < len(self.heard):
                loud = loud + 1 if self.heard.level(index) >= level else 0
                index += 1
                if loud >= 3:
                    begun = first_sound_after(self.heard.samples, after, level=level)
                    if begun is not None:
                        return begun
            await self._news(deadline, f"no sound after {after:.2f} s of the call")

    async def heard_silence(
        self,
        seconds: float,
        after: float = 0.0,
        timeout: float = 30.0,
        *,
        level: float = SOUND_RMS,
    ) -> float:
        """Wait until nothing sounds for `seconds`; returns when the silence began.

        It may have begun at `after` itself: to wait for the end of a prompt, first wait for it
        with `heard_sound`. Audio that does not come is silence too.
        """
        deadline, quiet = self.now + timeout, after
        index = self.heard.index_at(after)
        while True:
            while index < len(self.heard):
                if self.heard.level(index) >= level:
                    quiet = max(quiet, self.heard.arrival(index) + STEP)
                index += 1
            left = quiet + seconds - self.now
            if left <= 0:
                placed = silent_from(self.heard.samples, after, seconds, level=level)
                return quiet if placed is None else placed
            await self._news(deadline, f"never silent for {seconds} s", left)

    async def heard_audio(
        self, pcm: bytes, after: float = 0.0, timeout: float = 30.0, *, at_least: float = 0.6
    ) -> Match:
        """Wait until the recording after `after` holds this share of an audio (by signal)."""
        deadline, audio = self.now + timeout, samples_of(pcm)
        while True:
            match = find(self.heard.between(after), audio)
            if match.share >= at_least:
                return Match(match.share, match.correlation, match.start + after, match.end + after)
            await self._news(deadline, "the audio was not heard")
            await asyncio.sleep(0.25)

    async def heard_keys(self, count: int, timeout: float = 10.0) -> str:
        """Wait for `count` keys since the beginning; returns all."""
        deadline = self.now + timeout
        while len(self.keys) < count:
            await self._news(deadline, f"{len(self.keys)} of {count} keys came")
        return self.keys_heard

    def save_wav(self, path: Path) -> None:
        """Write what was heard, mono, 8 kHz."""
        self.heard.save_wav(path)

    def save_stereo_wav(self, path: Path) -> None:
        """Write both voices: left is this end's, right is what it heard."""
        save_stereo_wav(path, self.spoken, self.heard)

    async def _news(self, deadline: float, complaint: str, wake_in: float = 60.0) -> None:
        if self.ended.done():
            raise CallEnded(f"{complaint}, and the call is over: {self.ended.result().cause}")
        left = deadline - self.now
        if left <= 0:
            raise TimeoutError(complaint)
        await self._media.news(min(left, wake_in))
