"""StandIn: the offline voice turned into somebody else, to speak a caller's lines."""

import numpy as np
import soxr

from ivr.audio.frames import SAMPLE_RATE
from ivr.ports import Voice

USUAL = 0.86
"""Deeper and slower than the hotline's own voice."""

QUIET = 300


class StandIn:
    """A `Voice` that is `higher` times as small a person as the one it makes use of.

    The voice played faster or slower: pitch and vocal tract change together, as they do between
    people. Silence at both ends is cut, so that the first sample is speech.
    """

    def __init__(self, voice: Voice, higher: float = USUAL) -> None:
        self._voice = voice
        self._higher = higher

    @property
    def name(self) -> str:
        return f"{self._voice.name}-x{self._higher:g}"

    async def speak(self, text: str, language: str) -> bytes:
        """PCM of `text`. Raises VoiceError."""
        return trimmed(resized(await self._voice.speak(text, language), self._higher))


def resized(pcm: bytes, higher: float) -> bytes:
    """The same speech by somebody `higher` times as small."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    other = soxr.resample(samples, SAMPLE_RATE * higher, SAMPLE_RATE)
    return bytes(np.clip(np.rint(other), -32768, 32767).astype("<i2").tobytes())


def trimmed(pcm: bytes, level: int = QUIET) -> bytes:
    """PCM without the quiet before its first and after its last loud sample."""
    samples = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > level)
    return bytes(samples[loud[0] : loud[-1] + 1].tobytes()) if loud.size else b""
