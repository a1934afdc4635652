"""People who are not there: voices for scripted callers and agents, unlike the hotline's own."""

from collections.abc import Iterable

import numpy as np
import soxr

from ivr.audio.frames import SAMPLE_RATE
from ivr.speech.espeak_voice import EspeakVoice


async def voice_of(text: str, language: str = "zh", *, higher: float = 0.86) -> bytes:
    """PCM of somebody saying `text`; see `voices_of`."""
    return (await voices_of([(text, higher)], language))[0]


async def voices_of(lines: Iterable[tuple[str, float]], language: str = "zh") -> list[bytes]:
    """PCM of each text, by somebody as much smaller than the hotline's voice as its factor says.

    The offline voice played faster or slower: pitch and vocal tract change together, as they do
    between people. Silence at both ends is cut, so that the first sample is speech.
    """
    spoken = []
    async with EspeakVoice() as voice:
        for text, higher in lines:
            pcm = await voice.speak(text, language)
            samples = np.frombuffer(pcm, "<i2").astype(np.float32)
            other = soxr.resample(samples, SAMPLE_RATE * higher, SAMPLE_RATE)
            spoken.append(trimmed(np.clip(np.rint(other), -32768, 32767).astype("<i2").tobytes()))
    return spoken


def trimmed(pcm: bytes, level: int = 300) -> bytes:
    """PCM without the quiet before its first and after its last loud sample."""
    samples = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > level)
    return samples[loud[0] : loud[-1] + 1].tobytes() if loud.size else b""
