"""Makes synthesised speech fit for the telephone: band, level, edges, 8 kHz."""

import functools

import numpy as np
import numpy.typing as npt
import soxr

from ivr.audio.frames import SAMPLE_RATE

Samples = npt.NDArray[np.float64]

ACTIVE_LEVEL_DB = -20.0
"""Level of the speech itself, pauses left out, in dB below full scale (RMS)."""

PEAK = 0.7
"""No sample is louder than this (-3 dB), so that G.711 and later mixing never clip."""

_KNEE = 0.45
_MAX_GAIN = 30.0
_EDGE_SECONDS = 0.02
_FADE_SECONDS = 0.01
_SILENCE = 0.003
_ACTIVE_DB = -20.0
_BLOCK = SAMPLE_RATE // 50

# A telephone passes 300-3400 Hz. The speech keeps a little more at both ends, loses the rumble a
# small earpiece would only distort, and gets 3 dB where consonants live.
_BAND_HZ = (0, 100, 220, 1000, 2200, 3400, 3700, 4000)
_BAND_GAIN = (0.0, 0.0, 1.0, 1.0, 1.4, 1.4, 0.1, 0.0)
_TAPS = 255


def telephone_pcm(samples: npt.NDArray[np.floating] | npt.NDArray[np.int16], rate: int) -> bytes:
    """Mono speech at any rate -> PCM in the format of `ivr.audio.frames`.

    Integers are taken as 16-bit samples, floats as -1 to 1. Silence at both ends is trimmed to
    20 ms, the active level set to `ACTIVE_LEVEL_DB`, peaks rounded off below `PEAK`.
    Silent input gives no PCM.
    """
    scale = 32768.0 if np.issubdtype(samples.dtype, np.integer) else 1.0
    speech: Samples = samples.astype(np.float64) / scale
    if rate != SAMPLE_RATE:
        speech = soxr.resample(speech, rate, SAMPLE_RATE, quality="VHQ")
    speech = _trimmed(speech)
    if not speech.size:
        return b""
    speech = np.convolve(speech, _band_filter(), mode="same")
    speech = _faded(_rounded(_levelled(speech)))
    return (speech * 32767.0).round().astype("<i2").tobytes()


def active_level_db(speech: Samples) -> float:
    """RMS of the 20 ms blocks that hold speech, in dB of full scale; -inf for silence."""
    blocks = _block_powers(speech)
    loudest = blocks.max(initial=0.0)
    if loudest <= 0.0:
        return float("-inf")
    active = blocks[blocks > loudest * 10 ** (_ACTIVE_DB / 10)]
    return float(10 * np.log10(active.mean()))


def _block_powers(speech: Samples) -> Samples:
    count = max(1, speech.size // _BLOCK)
    whole = np.resize(speech, count * _BLOCK) if speech.size < _BLOCK else speech[: count * _BLOCK]
    powers: Samples = np.square(whole).reshape(count, _BLOCK).mean(axis=1)
    return powers


def _trimmed(speech: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(speech) > _SILENCE)
    if not loud.size:
        return speech[:0]
    edge = int(_EDGE_SECONDS * SAMPLE_RATE)
    padded = np.pad(speech, edge)
    return padded[loud[0] : loud[-1] + 2 * edge + 1]


@functools.cache
def _band_filter() -> Samples:
    """Linear-phase FIR by frequency sampling, Hamming-windowed."""
    grid = np.linspace(0.0, SAMPLE_RATE / 2, 513)
    gains = np.interp(grid, _BAND_HZ, _BAND_GAIN)
    response = np.roll(np.fft.irfft(gains), 512)
    middle = response[512 - _TAPS // 2 : 512 + _TAPS // 2 + 1]
    taps: Samples = middle * np.hamming(_TAPS)
    return taps


def _levelled(speech: Samples) -> Samples:
    level = active_level_db(speech)
    gain = min(10 ** ((ACTIVE_LEVEL_DB - level) / 20), _MAX_GAIN)
    levelled: Samples = speech * gain
    return levelled


def _rounded(speech: Samples) -> Samples:
    """Leave samples below the knee alone and bend louder ones towards `PEAK`."""
    size = np.abs(speech)
    room = PEAK - _KNEE
    bent = _KNEE + room * np.tanh((size - _KNEE) / room)
    return np.where(size > _KNEE, np.copysign(bent, speech), speech)


def _faded(speech: Samples) -> Samples:
    count = min(int(_FADE_SECONDS * SAMPLE_RATE), speech.size // 2)
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(1, count))
    speech[:count] *= ramp
    speech[speech.size - count :] *= ramp[::-1]
    return speech
