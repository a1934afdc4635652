"""The sound card as a telephone: microphone and loudspeaker through PyAudio."""

import asyncio
import importlib
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ivr.audio.frames import FRAME_BYTES, FRAME_SAMPLES, SAMPLE_RATE, SILENCE, AudioFrame
from ivr.errors import SettingsError
from ivr.rehearsal.line import LineChannel

INSTEAD = "`ivr talk --wav FILE` needs neither microphone nor loudspeaker"
MAX_WAITING = 50
"""Frames either way (1 s) before the oldest are dropped: late speech helps nobody."""


class SoundCardLine:
    """An `AudioLink`. `exchange` is what the sound card's own thread calls each 20 ms."""

    def __init__(self) -> None:
        self.said = bytearray()
        self._loop = asyncio.get_running_loop()
        self._heard: asyncio.Queue[AudioFrame | str | None] = asyncio.Queue()
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING)
        self._over = False

    def exchange(self, heard: bytes) -> bytes:
        """Take 20 ms of the microphone, give 20 ms for the loudspeaker."""
        if len(heard) == FRAME_BYTES and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, AudioFrame(heard))
        return self._waiting.popleft() if self._waiting else SILENCE.pcm

    def _put(self, frame: AudioFrame) -> None:
        if self._heard.qsize() < MAX_WAITING:
            self._heard.put_nowait(frame)

    def press(self, key: str) -> None:
        self._heard.put_nowait(key)

    async def receive(self) -> AudioFrame | str | None:
        return None if self._over else await self._heard.get()

    def send(self, frame: AudioFrame) -> None:
        if not self._over:
            self._waiting.append(frame.pcm)
            self.said += frame.pcm

    async def close(self) -> None:
        self._over = True
        self._waiting.clear()
        self._heard.put_nowait(None)


class SoundCardChannel(LineChannel):
    """A `CallChannel` whose caller sits in front of the machine."""

    def __init__(self, caller: str) -> None:
        super().__init__("talk", caller)
        self._talking: SoundCardLine | None = None
        self._spoken = bytearray()

    @property
    def said(self) -> bytes:
        """PCM of all that the bot said."""
        return bytes(self._spoken + (self._talking.said if self._talking else b""))

    async def open_audio(self) -> Any:
        if self._talking is not None:
            self._spoken += self._talking.said
        self._talking = SoundCardLine()
        return self._talking

    def press(self, key: str) -> None:
        """A key of the caller's."""
        if self._talking is not None:
            self._talking.press(key)

    def exchange(self, heard: bytes) -> bytes:
        return self._talking.exchange(heard) if self._talking else SILENCE.pcm


@contextmanager
def open_sound_card(caller: str) -> Iterator[SoundCardChannel]:
    """The microphone and the loudspeaker, for one call.

    Raises:
        SettingsError: if PyAudio, PortAudio or a sound card is missing, with what to do.
    """
    try:
        pyaudio: Any = importlib.import_module("pyaudio")
    except ImportError as error:
        raise SettingsError(
            "PyAudio is not there: install PortAudio's headers (on Debian portaudio19-dev), then"
            f" `pip install 'ivr[talk]'`; {INSTEAD}"
        ) from error
    channel = SoundCardChannel(caller)

    def exchange(heard: bytes | None, count: int, times: object, status: int) -> tuple[bytes, int]:
        return channel.exchange(heard or b""), int(pyaudio.paContinue)

    card = pyaudio.PyAudio()
    try:
        try:
            stream = card.open(
                rate=SAMPLE_RATE,
                channels=1,
                format=pyaudio.paInt16,
                input=True,
                output=True,
                frames_per_buffer=FRAME_SAMPLES,
                stream_callback=exchange,
            )
        except OSError as error:
            raise SettingsError(
                f"no microphone or loudspeaker can be opened ({error}); {INSTEAD}"
            ) from error
        try:
            yield channel
        finally:
            stream.stop_stream()
            stream.close()
    finally:
        card.terminate()
