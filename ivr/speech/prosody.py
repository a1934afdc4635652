"""Prosody: how loud, high, lively and fast a turn was spoken, measured from its sound alone."""

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import FRAME_MS, SAMPLE_RATE
from ivr.ports import Prosody

MAX_PROSODY_FRAMES = 5000 // FRAME_MS
"""The last 5 s of a turn are measured, in about 3 ms."""

LEAST_SPEECH = 0.4
"""Seconds of speech below which a turn ("yes") tells nothing."""

_Samples = NDArray[np.float32]

_HOP = SAMPLE_RATE // 100
_WINDOW = 4 * _HOP
_ACTIVE_DB = 20.0
"""Speech is what lies so far below the loudest moment or nearer."""

_LOWEST_HZ, _HIGHEST_HZ = 70, 420
_VOICED = 0.5
_OCTAVE = 0.9
"""A shorter period nearly as good as the best one is the true one."""

_LEAST_VOICED = 8
_DIP_DB = 1.5
"""Between two syllables the level falls at least so far."""


def prosody_of(pcm: bytes) -> Prosody | None:
    """Measure one turn of PCM in the format of `ivr.audio.frames`; None if it is too short.

    Pitch is the autocorrelation's, as a telephone leaves no fundamental below 300 Hz to look for;
    syllables are the peaks of the level, so their rate is a likeness, good for comparing a
    caller's turns with each other.
    """
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32768
    if samples.size < _WINDOW + _HOP:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    power = np.mean(np.square(windows), axis=1) + 1e-10
    level = 10 * np.log10(power)
    active = level > level.max() - _ACTIVE_DB
    seconds = float(active.sum()) * _HOP / SAMPLE_RATE
    if seconds < LEAST_SPEECH:
        return None
    loudness = 10 * np.log10(float(power[active].mean()))
    pitch, movement = _pitch(windows[active][::3])
    rate = _syllables(level, active) / seconds
    return Prosody(*(round(float(one), 2) for one in (loudness, pitch, movement, rate)))


def _pitch(windows: _Samples) -> tuple[float, float]:
    """The median in Hz and the movement in semitones; zeros without enough voice."""
    size = 2 * _WINDOW
    tapered = (windows - windows.mean(axis=1, keepdims=True)) * _TAPER
    spectrum = np.fft.rfft(tapered, size)
    alike = np.fft.irfft(np.abs(spectrum) ** 2, size)[:, : _LONGEST + 1]
    alike = alike / (alike[:, :1] + 1e-12) / _TAPER_ALIKE
    within = alike[:, _SHORTEST:]
    best = within.max(axis=1)
    first = np.argmax(within >= _OCTAVE * best[:, None], axis=1)
    # The first lag that is good enough lies on the slope of its peak: climb to the top.
    rows = np.arange(len(within))
    for _ in range(6):
        after = np.minimum(first + 1, within.shape[1] - 1)
        first = np.where(within[rows, after] > within[rows, first], after, first)
    hertz = SAMPLE_RATE / (first + _SHORTEST)
    voiced = hertz[best > _VOICED]
    if voiced.size < _LEAST_VOICED:
        return 0.0, 0.0
    low, middle, high = np.percentile(voiced, (10, 50, 90))
    return float(middle), float(12 * np.log2(high / low))


def _syllables(level: NDArray[np.floating], active: NDArray[np.bool_]) -> int:
    """Peaks of the smoothed level that a dip parts from the one before."""
    smooth = np.convolve(level, np.ones(5) / 5, mode="same")
    count, rising, turn = 0, True, float(smooth[0])
    for now, speech in zip(smooth.tolist(), active.tolist(), strict=True):
        if rising:
            if now > turn:
                turn = now
            elif now < turn - _DIP_DB:
                count, rising, turn = count + speech, False, now
        elif now < turn:
            turn = now
        elif now > turn + _DIP_DB:
            rising, turn = True, now
    return count


_SHORTEST = SAMPLE_RATE // _HIGHEST_HZ
_LONGEST = SAMPLE_RATE // _LOWEST_HZ
_TAPER = np.hanning(_WINDOW).astype(np.float32)
_TAPER_ALIKE = np.correlate(_TAPER, _TAPER, "full")[_WINDOW - 1 :][: _LONGEST + 1]
_TAPER_ALIKE = np.maximum(_TAPER_ALIKE / _TAPER_ALIKE[0], 0.05)
