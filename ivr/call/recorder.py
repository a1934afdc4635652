"""Recorder: keeps what a caller says after the tone, until silence, a key or the longest time."""

import math
import struct
from collections.abc import Callable
from pathlib import Path

from ivr.audio.frames import FRAME_SECONDS, SAMPLE_RATE, AudioFrame
from ivr.audio.level import level_of
from ivr.audio.wav import write_wav
from ivr.dialogue.actions import StartRecording
from ivr.errors import AudioError, StoreError
from ivr.ports import VoiceActivityDetector
from ivr.speech.loudness import LoudnessGate

BEEP_SECONDS = 0.4
BEEP_HERTZ = 1000
BEEP_LEVEL = 6000
_RAMP_SECONDS = 0.01


class Recorder:
    """One message being recorded. `ended` is called once, with the reason, when it ends by itself.

    Only speech counts against silence: what comes before the first word is silence too.
    """

    def __init__(
        self,
        order: StartRecording,
        detector: VoiceActivityDetector,
        ended: Callable[["Recorder", str], None],
    ) -> None:
        self.serial = order.serial
        self.speech = 0.0
        self._order = order
        self._detector = detector
        self._gate = LoudnessGate()
        self._ended = ended
        self._pcm = bytearray()
        self._frames = 0
        self._quiet = 0.0
        self._over = False

    @property
    def seconds(self) -> float:
        return self._frames * FRAME_SECONDS

    def feed(self, frame: AudioFrame) -> None:
        """Take the next frame of the caller's audio; returns within microseconds."""
        if self._over:
            return
        self._pcm += frame.pcm
        self._frames += 1
        voiced = self._gate.voiced(
            level_of(frame),
            self._detector.is_speech(frame),
            prompt_playing=False,
            in_turn=self.speech > 0 and self._quiet < FRAME_SECONDS,
        )
        if voiced:
            self.speech += FRAME_SECONDS
            self._quiet = 0.0
        else:
            self._quiet += FRAME_SECONDS
        if self.seconds >= self._order.max_seconds:
            self._end("longest")
        elif self._quiet >= self._order.silence:
            self._end("silence")

    def _end(self, reason: str) -> None:
        self._over = True
        self._ended(self, reason)

    def stop(self) -> None:
        """Take no more frames; `ended` is not called."""
        self._over = True

    def write(self, path: Path) -> None:
        """Write the message as a wav file that only its owner can read; blocks.

        Raises:
            StoreError: if it cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_wav(path, bytes(self._pcm))
            path.chmod(0o600)  # the folder has kept others out until here
        except (OSError, AudioError) as error:
            raise StoreError(f"a message was lost: {error}") from error


def beep() -> bytes:
    """The tone before a recording: PCM in the format of `ivr.audio.frames`."""
    count, ramp = int(BEEP_SECONDS * SAMPLE_RATE), int(_RAMP_SECONDS * SAMPLE_RATE)
    samples = (
        int(
            BEEP_LEVEL
            * min(1.0, at / ramp, (count - at) / ramp)
            * math.sin(2 * math.pi * BEEP_HERTZ * at / SAMPLE_RATE)
        )
        for at in range(count)
    )
    return struct.pack(f"<{count}h", *samples)
