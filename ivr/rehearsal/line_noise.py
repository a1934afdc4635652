"""Line noise: the sounds beside a caller's voice, made anew from a seed, at a level we choose."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import FRAME_SAMPLES, SAMPLE_RATE

Sound = NDArray[np.float64]
"""Samples of 8 kHz mono speech, 1.0 at full scale."""

TALKERS = 6
"""People who talk at once in babble."""

_SILENT = 1e-4
_EDGES = (300, 3400)


def sound_of(pcm: bytes) -> Sound:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


def pcm_of(sound: Sound) -> bytes:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype("<i2").tobytes()


def noise(kind: str, length: int, seed: int, voices: Sequence[Sound] = ()) -> Sound:
    """`length` samples of noise at a power of 1; `voices` are what babble is made of.

    Raises:
        KeyError: for an unknown kind.
    """
    sound = NOISES[kind](length, np.random.default_rng(seed), voices)
    made = _telephone_band(sound)
    return made / max(float(np.sqrt(np.mean(made**2))), _SILENT)


def beside(speech: Sound, noise_: Sound, snr: float) -> Sound:
    """Speech with noise `snr` dB below its active level (frames within 20 dB of the loudest)."""
    power = frame_powers(speech)
    active = power[power > power.max(initial=_SILENT**2) / 100]
    level = float(np.sqrt(active.mean())) if active.size else _SILENT
    return speech + noise_[: speech.size] * level * 10 ** (-snr / 20)


def frame_powers(sound: Sound) -> Sound:
    """The mean square of each whole frame."""
    whole = sound[: sound.size // FRAME_SAMPLES * FRAME_SAMPLES]
    powers: Sound = np.square(whole).reshape(-1, FRAME_SAMPLES).mean(axis=1)
    return powers


def _white(length: int, random: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    return random.standard_normal(length)


def _hum(length: int, random: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Mains and its harmonics, whose loudness wavers; the line's own hiss below."""
    at = np.arange(length) / SAMPLE_RATE
    waver = 1 + 0.3 * np.sin(2 * np.pi * 0.4 * at)
    tones = (np.sin(2 * np.pi * 50 * k * at + random.uniform(0, 6)) / k**0.5 for k in range(2, 40))
    total: Sound = np.sum(list(tones), axis=0) * waver
    return total + 0.3 * random.standard_normal(length)


def _impulsive(length: int, random: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Knocks, clatter and clicks, about one a second, each of 5 to 80 ms."""
    sound = 0.02 * random.standard_normal(length)
    for _ in range(max(1, length // SAMPLE_RATE)):
        size = int(random.uniform(0.005, 0.08) * SAMPLE_RATE)
        start = int(random.integers(0, max(1, length - size)))
        fade = np.exp(-np.arange(size) / (size / 4))
        sound[start : start + size] += (random.standard_normal(size) * fade)[: length - start]
    return sound


def _babble(length: int, random: np.random.Generator, voices: Sequence[Sound]) -> Sound:
    """Several people talking at once, none of them to us."""
    total = np.zeros(length)
    for _ in range(TALKERS):
        line: list[Sound] = []
        have = 0
        while have < length:
            voice = voices[int(random.integers(len(voices)))]
            piece = np.pad(voice, (0, int(random.uniform(0.0, 0.3) * SAMPLE_RATE)))
            line.append(piece / max(float(np.sqrt(np.mean(piece**2))), _SILENT))
            have += piece.size
        total += np.roll(np.concatenate(line)[:length], int(random.integers(length)))
    return total


NOISES: Mapping[str, Callable[[int, np.random.Generator, Sequence[Sound]], Sound]] = {
    "white": _white,
    "babble": _babble,
    "hum": _hum,
    "impulsive": _impulsive,
}


def _telephone_band(sound: Sound) -> Sound:
    """Only what a telephone passes: 300 to 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    at = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    spectrum[(at < _EDGES[0]) | (at > _EDGES[1])] = 0
    return np.fft.irfft(spectrum, sound.size)
