"""Judging a recording by its signal alone: where there is sound, and whether it holds an audio."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tests.phone.g711 import Samples

RATE = 8000
FRAME = 160
SOUND_RMS = 150.0
"""A 20 ms frame is sound from this RMS on (about -47 dBFS); line noise of G.711 is below 10."""

MIN_SOUND = 0.06
"""Seconds; anything shorter is a click."""

JOIN = 0.3
"""Seconds of silence inside a stretch of speech that do not part it."""

BLOCK = 0.4
"""Seconds of audio compared at once: short enough that a lost packet spoils one block only."""

ALIKE = 0.6
"""Correlation from which a block counts as found; G.711 alone leaves more than 0.99."""

SLACK = 0.25
"""Seconds by which blocks may stray from one another's place (lost frames, re-basing)."""

Floats = npt.NDArray[np.float64]


def samples_of(pcm: bytes) -> Samples:
    """16-bit little-endian PCM as an array."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.int16)


def rms(samples: Samples) -> float:
    """Root mean square, on the scale of 16-bit samples."""
    if not len(samples):
        return 0.0
    wide = samples.astype(np.float32)
    return float(np.sqrt(np.dot(wide, wide) / len(wide)))


def envelope(samples: Samples) -> Floats:
    """The RMS of each whole 20 ms frame."""
    whole = len(samples) // FRAME * FRAME
    frames = samples[:whole].astype(np.float64).reshape(-1, FRAME)
    return np.asarray(np.sqrt(np.mean(frames**2, axis=1)))


def sounds(
    samples: Samples, *, level: float = SOUND_RMS, join: float = JOIN
) -> list[tuple[float, float]]:
    """Where there is sound: (start, end) in seconds, to 20 ms.

    Frames under `level` part two stretches if they last longer than `join` seconds; stretches
    with less than `MIN_SOUND` of sound are clicks and left out.
    """
    loud = np.flatnonzero(envelope(samples) >= level)
    if not len(loud):
        return []
    step = FRAME / RATE
    gaps = np.flatnonzero((np.diff(loud) - 1) * step > join + 1e-9) + 1
    parts = [part for part in np.split(loud, gaps) if len(part) * step >= MIN_SOUND - 1e-9]
    return [(float(part[0] * step), float((part[-1] + 1) * step)) for part in parts]


def first_sound_after(samples: Samples, time: float, *, level: float = SOUND_RMS) -> float | None:
    """When sound is first heard at or after `time`; `time` itself if it is going on then."""
    offset = max(0, round(time * RATE))
    found = sounds(samples[offset:], level=level)
    return offset / RATE + found[0][0] if found else None


def silent_from(
    samples: Samples, time: float, seconds: float, *, level: float = SOUND_RMS
) -> float | None:
    """From when on, at or after `time`, nothing sounds for `seconds`; None if never."""
    offset = max(0, round(time * RATE))
    quiet = offset / RATE
    for start, end in sounds(samples[offset:], level=level, join=0.0):
        if offset / RATE + start - quiet >= seconds:
            return quiet
        quiet = offset / RATE + end
    return quiet if len(samples) / RATE - quiet >= seconds else None


@dataclass(frozen=True, slots=True)
class Match:
    """How much of an audio was found: `share` of its blocks, first sample at `start` seconds.

    `correlation` is the mean over the blocks that were found, 1 for a perfect copy. `end` is
    where the last block that was found ends.
    """

    share: float
    correlation: float
    start: float
    end: float


NOTHING = Match(0.0, 0.0, 0.0, 0.0)


def find(recording: Samples, audio: Samples) -> Match:
    """Look for `audio` in `recording` by normalised cross-correlation, block by block.

    Level does not matter. Blocks of silence are not looked for. Blocks count only if they lie
    where most of the others put the audio. Pure tones match any tone of their pitch: use speech.
    """
    size = round(BLOCK * RATE)
    blocks = _loud_blocks(audio, size)
    if not blocks or len(recording) < size:
        return NOTHING
    correlate = _Correlator(recording, size)
    hits = [(correlate.best(audio[at : at + size]), at) for at in blocks]
    good = [(place - at, at, score) for (place, score), at in hits if score >= ALIKE]
    if not good:
        return NOTHING
    shift = _densest([shift for shift, _, _ in good], round(SLACK * RATE))
    kept = [hit for hit in good if abs(hit[0] - shift) <= SLACK * RATE]
    return Match(
        share=len(kept) / len(blocks),
        correlation=sum(score for _, _, score in kept) / len(kept),
        start=min(kept, key=lambda hit: hit[1])[0] / RATE,
        end=(kept[-1][0] + kept[-1][1] + size) / RATE,
    )


def contains(recording: Samples, audio: Samples, *, at_least: float = 0.6) -> bool:
    """Whether at least this share of `audio` is in `recording`."""
    return find(recording, audio).share >= at_least


def _loud_blocks(audio: Samples, size: int) -> list[int]:
    if len(audio) < size:
        return []
    starts = range(0, len(audio) - size + 1, size)
    levels = [rms(audio[at : at + size]) for at in starts]
    floor = max(SOUND_RMS / 2, 0.1 * max(levels))
    return [at for at, level in zip(starts, levels, strict=True) if level >= floor]


def _densest(values: list[int], slack: int) -> int:
    return max(values, key=lambda value: sum(abs(other - value) <= slack for other in values))


class _Correlator:
    """Normalised cross-correlation of blocks of one size with one recording."""

    def __init__(self, recording: Samples, size: int) -> None:
        wide = recording.astype(np.float64)
        self._length = len(wide) - size + 1
        self._points = 1 << (len(wide) + size - 1).bit_length()
        self._spectrum = np.fft.rfft(wide, self._points)
        energy = np.concatenate([[0.0], np.cumsum(wide**2)])
        local = np.sqrt(energy[size:] - energy[:-size])
        # Near-silence would make a chance likeness look like a find.
        self._norm = np.maximum(local, SOUND_RMS / 8 * np.sqrt(size))

    def best(self, block: Samples) -> tuple[int, float]:
        """The place where `block` fits best, and how well (0 to 1)."""
        wide = block.astype(np.float64)
        product = self._spectrum * np.conj(np.fft.rfft(wide, self._points))
        scores = np.fft.irfft(product, self._points)[: self._length] / self._norm
        place = int(np.argmax(scores))
        return place, float(scores[place] / np.linalg.norm(wide))
