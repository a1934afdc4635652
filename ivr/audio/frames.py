"""AudioFrame: 20 ms of telephone speech, the unit in which audio moves through a call.

Everything between Asterisk and the recogniser is mono, 16-bit signed little-endian PCM at 8 kHz,
in frames of 160 samples (320 bytes), which is AudioSocket's message of kind 0x10.
"""

from collections.abc import Iterator
from dataclasses import dataclass

SAMPLE_RATE = 8000
"""Samples a second."""

FRAME_MS = 20
FRAME_SECONDS = FRAME_MS / 1000
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000
SAMPLE_BYTES = 2
FRAME_BYTES = FRAME_SAMPLES * SAMPLE_BYTES


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Exactly `FRAME_BYTES` of PCM.

    Raises:
        ValueError: if `pcm` has another length.
    """

    pcm: bytes

    def __post_init__(self) -> None:
        if len(self.pcm) != FRAME_BYTES:
            raise ValueError(f"a frame holds {FRAME_BYTES} bytes, not {len(self.pcm)}")


SILENCE = AudioFrame(bytes(FRAME_BYTES))


def frames_of(pcm: bytes) -> Iterator[AudioFrame]:
    """Cut PCM into frames; the last one is filled up with silence."""
    for start in range(0, len(pcm), FRAME_BYTES):
        yield AudioFrame(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))


def seconds_of(pcm: bytes) -> float:
    """How long PCM of this format plays."""
    return len(pcm) / (SAMPLE_RATE * SAMPLE_BYTES)
