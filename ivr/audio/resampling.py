"""Between 8 and 16 kHz, piece by piece: the pieces joined are what one long piece would give.

Both directions use one half-band filter, a windowed sinc (Oppenheim and Schafer, Discrete-Time
Signal Processing, chapter 7): flat to 3.7 kHz, 60 dB down above 4.3 kHz, and 3 ms late while
streaming. General rates, as files have them, are `ivr.audio.wav`'s matter.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import SAMPLE_BYTES, SAMPLE_RATE

_TAPS = 48
_PCM = np.dtype("<i2")


class Resampler(Protocol):
    """Keeps what it still needs of earlier pieces. All PCM is mono, 16-bit, little-endian."""

    def feed(self, pcm: bytes) -> bytes:
        """Give what is certain so far. Raises ValueError on half a sample."""

    def flush(self) -> bytes:
        """Give the rest and start anew; the output is then as long as the input, in seconds."""


class Doubler:
    """8 kHz in, 16 kHz out: each sample, and the value half-way to the next."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._history = np.zeros(_TAPS - 1)
        self._skip = _TAPS

    def feed(self, pcm: bytes) -> bytes:
        samples = _samples(pcm)
        if not samples.size:
            return b""
        line = np.concatenate((self._history, samples))
        self._history = line[-(_TAPS - 1) :]
        out = np.empty(2 * samples.size)
        out[0::2] = line[_TAPS // 2 - 1 : _TAPS // 2 - 1 + samples.size]
        out[1::2] = np.convolve(line, _HALFWAY, "valid")
        skipped = min(self._skip, out.size)
        self._skip -= skipped
        return _pcm(out[skipped:])

    def flush(self) -> bytes:
        rest = self.feed(bytes(_TAPS // 2 * SAMPLE_BYTES))
        self._start()
        return rest


class Halver:
    """16 kHz in, 8 kHz out: every other sample, after what 8 kHz cannot carry is removed."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._odd = np.zeros(_TAPS - 1)
        self._even = np.zeros(_TAPS // 2 - 1)
        self._single = b""
        self._skip = _TAPS // 2 - 1

    def feed(self, pcm: bytes) -> bytes:
        joined = self._single + pcm
        samples = _samples(joined)
        pairs = samples.size // 2
        self._single = joined[2 * pairs * SAMPLE_BYTES :]
        if not pairs:
            return b""
        even = np.concatenate((self._even, samples[0 : 2 * pairs : 2]))
        odd = np.concatenate((self._odd, samples[1 : 2 * pairs : 2]))
        self._even, self._odd = even[pairs:], odd[pairs:]
        out = (even[:pairs] + np.convolve(odd, _HALFWAY, "valid")) / 2
        skipped = min(self._skip, out.size)
        self._skip -= skipped
        return _pcm(out[skipped:])

    def flush(self) -> bytes:
        padding = 2 * (_TAPS // 2 - 1) + len(self._single) // SAMPLE_BYTES
        rest = self.feed(bytes(padding * SAMPLE_BYTES))
        self._start()
        return rest


class Unchanged:
    """The rate is right already."""

    def feed(self, pcm: bytes) -> bytes:
        return pcm

    def flush(self) -> bytes:
        return b""


def resampler(from_rate: int, to_rate: int) -> Resampler:
    """The resampler between two rates in Hz.

    Raises:
        ValueError: for anything but 8000 and 16000.
    """
    match from_rate, to_rate:
        case (8000, 16000):
            return Doubler()
        case (16000, 8000):
            return Halver()
        case (8000, 8000) | (16000, 16000):
            return Unchanged()
    raise ValueError(f"cannot resample {from_rate} Hz to {to_rate} Hz while streaming")


def resample(pcm: bytes, from_rate: int, to_rate: int = SAMPLE_RATE) -> bytes:
    """Resample a whole piece of PCM at once. Raises ValueError as `resampler` does."""
    worker = resampler(from_rate, to_rate)
    return worker.feed(pcm) + worker.flush()


def _halfway_filter() -> NDArray[np.float64]:
    """Weights that give the value in the middle between the two middle samples."""
    offsets = np.arange(_TAPS) - _TAPS / 2 + 0.5
    weights = np.sinc(offsets) * np.kaiser(2 * _TAPS + 1, 6.0)[1::2]
    return np.asarray(weights / weights.sum())


_HALFWAY = _halfway_filter()


def _samples(pcm: bytes) -> NDArray[np.float64]:
    if len(pcm) % SAMPLE_BYTES:
        raise ValueError(f"{len(pcm)} bytes are not whole 16-bit samples")
    return np.frombuffer(pcm, dtype=_PCM).astype(np.float64)


def _pcm(samples: NDArray[np.float64]) -> bytes:
    return np.clip(np.rint(samples), -32768, 32767).astype(_PCM).tobytes()
