"""Sounds that tests make or borrow."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.audio.frames import FRAME_SAMPLES, SAMPLE_RATE, AudioFrame, frames_of
from ivr.audio.wav import read_pcm

RECORDINGS = Path(__file__).resolve().parents[2] / "shared" / "data" / "speech"


def pcm_of(samples: NDArray[np.float64]) -> bytes:
    """Samples in -1..1 as PCM."""
    return np.clip(np.rint(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def noise(seconds: float, db: float, seed: int = 1) -> bytes:
    """White noise whose level is `db` relative to full scale."""
    rng = np.random.default_rng(seed)
    return pcm_of(rng.standard_normal(int(seconds * SAMPLE_RATE)) * 10 ** (db / 20))


def buzz(seconds: float, db: float, pitch: float = 120.0) -> bytes:
    """A vowel-like sound: harmonics of a wavering pitch, shaped like an "a"."""
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    phase = 2 * np.pi * pitch * (at + 0.003 * np.sin(2 * np.pi * 5 * at))
    tones = [
        np.exp(-(((k * pitch - peak) / 250) ** 2)) * np.sin(k * phase)
        for k in range(1, int(3500 / pitch))
        for peak in (700, 1200, 2600)
    ]
    sound = np.sum(tones, axis=0)
    return pcm_of(sound / np.sqrt(np.mean(sound**2)) * 10 ** (db / 20))


def mixed(one: bytes, other: bytes) -> bytes:
    """Two sounds at once, as long as the shorter."""
    length = min(len(one), len(other))
    both = [np.frombuffer(pcm[:length], "<i2").astype(np.float64) for pcm in (one, other)]
    return pcm_of((both[0] + both[1]) / 32768)


def click(db: float = -6.0) -> AudioFrame:
    """A frame with one crack of 5 ms in it."""
    samples = np.zeros(FRAME_SAMPLES)
    samples[60:100] = np.random.default_rng(7).standard_normal(40) * 10 ** (db / 20) * 2
    return AudioFrame(pcm_of(samples))


def frames(*pieces: bytes) -> list[AudioFrame]:
    return list(frames_of(b"".join(pieces)))


def recordings(folder: str, count: int) -> list[tuple[str, bytes]]:
    """Some of the human recordings, spread over the folder: name and PCM. Skips without them."""
    files = sorted(path for path in (RECORDINGS / folder).glob("*") if path.suffix != ".md")
    if not files:
        pytest.skip(f"no recordings in ../shared/data/speech/{folder}")
    return [(path.stem, read_pcm(path)) for path in files[:: max(1, len(files) // count)][:count]]
