"""Pure tones: one for each party of a call, told apart by frequency in any mixture."""

import numpy as np

from tests.phone.g711 import Samples

RATE = 8000


def tone(hertz: float, seconds: float, amplitude: float = 6000.0) -> bytes:
    """A sine as 16-bit PCM at 8 kHz, faded in and out so that it does not click."""
    at = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.02)
    return bytes(np.rint(amplitude * edge * np.sin(2 * np.pi * hertz * at)).astype("<i2").tobytes())


def loudest(samples: Samples, hertz: float, seconds: float = 0.2) -> float:
    """The amplitude of a tone in the window of `samples` that holds most of it."""
    size = round(seconds * RATE)
    if len(samples) < size:
        return 0.0
    wave = np.exp(-2j * np.pi * hertz * np.arange(size) / RATE) * np.hanning(size)
    windows = range(0, len(samples) - size + 1, size // 4)
    wide = samples.astype(np.float64)
    return float(max(abs(np.dot(wide[at : at + size], wave)) for at in windows) * 4 / size)
