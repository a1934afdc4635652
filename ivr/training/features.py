"""Kaldi's MFCC in NumPy, with vocal-tract-length warping for training.

Without a warp it gives what Vosk computes from `conf/mfcc.conf` (tests compare it with
kaldi-native-fbank): 25 ms Povey windows every 10 ms, 32 mel bands from 80 to 3700 Hz, 24
cepstra, lifter 22, pre-emphasis 0.97, no dither.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 8000
WINDOW = 200
SHIFT = 80
FFT = 256
BANDS = 32
CEPSTRA = 24
LOW_HZ = 80.0
HIGH_HZ = 3700.0
LIFTER = 22.0
PREEMPHASIS = 0.97
FLOOR = float(np.finfo(np.float32).eps)

MFCC_CONF = f"""--sample-frequency={RATE}
--use-energy=false
--num-mel-bins={BANDS}
--num-ceps={CEPSTRA}
--low-freq={LOW_HZ:.0f}
--high-freq={HIGH_HZ:.0f}
--dither=0
"""
"""`conf/mfcc.conf` of the model: the same numbers for Kaldi."""

Floats = NDArray[np.float32]


def frame_count(samples: int) -> int:
    """Frames that fit wholly into so many samples (Kaldi's snip-edges)."""
    return max(0, 1 + (samples - WINDOW) // SHIFT)


def mfcc(samples: NDArray[np.generic], warp: float = 1.0) -> Floats:
    """(frames, CEPSTRA) of 8 kHz samples on the 16-bit scale.

    `warp` above 1 moves the formants down, as a longer vocal tract does.
    """
    signal = np.asarray(samples, np.float32)
    count = frame_count(len(signal))
    if count == 0:
        return np.zeros((0, CEPSTRA), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::SHIFT][:count]
    frames = frames - frames.mean(axis=1, keepdims=True)
    emphasised = np.empty_like(frames)
    emphasised[:, 1:] = frames[:, 1:] - np.float32(PREEMPHASIS) * frames[:, :-1]
    emphasised[:, 0] = frames[:, 0] * np.float32(1 - PREEMPHASIS)
    emphasised *= _window()
    spectrum = np.fft.rfft(emphasised, FFT)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    energies = power @ _mel_banks(round(warp, 2))
    return np.asarray(np.log(np.maximum(energies, FLOOR)) @ _cosines(), np.float32)


@cache
def _window() -> Floats:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))
    return (hann**0.85).astype(np.float32)


def _mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0))


def _warped(hertz: NDArray[np.float64], warp: float) -> NDArray[np.float64]:
    """Piecewise linear, fixed at both ends of the band, as vocal-tract normalisation does it."""
    knee = 0.85 * HIGH_HZ / max(warp, 1.0)
    bent = [LOW_HZ, knee * warp, HIGH_HZ]
    return np.interp(hertz, [LOW_HZ, knee, HIGH_HZ], bent)


@cache
def _mel_banks(warp: float) -> Floats:
    """(FFT / 2 + 1, BANDS) triangles, equally spaced in mel."""
    edges = np.linspace(_mel(LOW_HZ), _mel(HIGH_HZ), BANDS + 2)
    if warp != 1.0:
        edges = _mel(_warped(700.0 * np.expm1(edges / 1127.0), warp))
    bins = _mel(np.arange(FFT // 2 + 1) * RATE / FFT)[:, None]
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (bins - left) / (centre - left)
    falling = (right - bins) / (right - centre)
    banks = np.maximum(0.0, np.minimum(rising, falling))
    banks[FFT // 2] = 0.0  # Kaldi leaves the Nyquist bin out
    return np.asarray(banks, np.float32)


@cache
def _cosines() -> Floats:
    """(BANDS, CEPSTRA): DCT-II times the cepstral lifter."""
    band = np.arange(BANDS) + 0.5
    order = np.arange(CEPSTRA)
    matrix = np.sqrt(2.0 / BANDS) * np.cos(np.pi / BANDS * np.outer(band, order))
    matrix[:, 0] = np.sqrt(1.0 / BANDS)
    lifter = 1.0 + 0.5 * LIFTER * np.sin(np.pi * order / LIFTER)
    return np.asarray(matrix * lifter, np.float32)
