"""Speech-like sound made from a seed: for tests that need a voice but no words."""

import numpy as np

from tests.phone.signal import RATE


def babble(seconds: float, seed: int) -> bytes:
    """Syllables of gliding harmonics and hiss as 8 kHz PCM; seeds sound unlike one another."""
    random = np.random.default_rng(seed)
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    knots = np.linspace(0, max(seconds, 0.1), max(2, int(seconds * 6)))
    pitch = np.interp(time, knots, random.uniform(90, 260, len(knots)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = np.zeros(count)
    for harmonic in range(1, 12):
        gain = np.interp(time, knots, random.uniform(0, 1, len(knots))) / harmonic**0.5
        voice += gain * np.sin(harmonic * phase + random.uniform(0, 6))
    hiss = random.normal(0, 0.4, count)
    syllables = 0.25 + 0.75 * np.abs(np.sin(np.pi * 2.1 * time + random.uniform(0, 3)))
    sound = (voice + hiss) * syllables
    peak = float(np.max(np.abs(sound), initial=1.0))
    return (sound / peak * 12000).astype("<i2").tobytes()
