"""How loud a frame is."""

import math

import numpy as np

from ivr.audio.frames import FRAME_SAMPLES, AudioFrame

SILENT_DB = -96.0
"""What digital silence counts as."""

_FULL_SCALE_ENERGY = 32768.0**2 * FRAME_SAMPLES


def level_of(frame: AudioFrame) -> float:
    """The root mean square of a frame in dB relative to full scale; -96 to 0."""
    samples = np.frombuffer(frame.pcm, dtype="<i2").astype(np.float32)
    energy = float(np.dot(samples, samples))
    if energy <= 0.0:
        return SILENT_DB
    return max(SILENT_DB, 10.0 * math.log10(energy / _FULL_SCALE_ENERGY))
