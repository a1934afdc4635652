"""What one end of a call heard or said, laid on the call's own time axis."""

import math
from bisect import bisect_left
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from tests.phone.g711 import Samples
from tests.phone.signal import FRAME, RATE, rms

MAX_FRAMES = 60 * 60 * 50
"""An hour of 20 ms frames; what comes later is not kept."""

MAX_JUMP = 2.0
"""Seconds by which timestamps may leap before they count as a new stretch."""

WINDOW = 25
"""Frames (0.5 s) over which the least delay is looked for."""

TOLERANCE = 0.04
"""Seconds by which the delay may wander before the audio is placed anew."""


class Recording:
    """Frames with their arrival and timestamp; `samples` places them on the call's clock.

    Audio is placed by RTP timestamp, so that jitter leaves no holes, relative to the least delay
    around it, so that a leap of the timestamps (another SSRC, a marker, a bridge to an agent)
    shifts what follows to where it was really heard. `epoch` is the monotonic time of the call's
    second 0.
    """

    def __init__(self, epoch: float) -> None:
        self.epoch = epoch
        self._arrivals: list[float] = []
        self._stamps: list[int] = []
        self._stretches: list[int] = []
        self._pcm: list[Samples] = []
        self._levels: list[float] = []
        self._source: tuple[int, int] | None = None
        self._unwrapped = 0
        self._stretch = 0
        self._placed: tuple[int, Samples] = (0, np.zeros(0, np.int16))

    def __len__(self) -> int:
        """How many frames came."""
        return len(self._pcm)

    def add(self, arrival: float, stamp: int, ssrc: int, pcm: Samples, *, marker: bool) -> None:
        """Keep one frame; `arrival` is monotonic seconds, `stamp` its RTP timestamp."""
        if len(self._pcm) >= MAX_FRAMES or not len(pcm):
            return
        if self._source is None:
            self._source = (ssrc, stamp)
        # The signed distance on the circle of 2**32.
        step = (stamp - self._source[1] + 2**31) % 2**32 - 2**31
        if marker or ssrc != self._source[0] or abs(step) > MAX_JUMP * RATE:
            self._stretch += 1
        self._unwrapped += step
        self._source = (ssrc, stamp)
        self._arrivals.append(arrival - self.epoch)
        self._stamps.append(self._unwrapped)
        self._stretches.append(self._stretch)
        self._pcm.append(pcm)
        self._levels.append(rms(pcm))

    def level(self, index: int) -> float:
        """The RMS of frame `index`, on the scale of 16-bit samples."""
        return self._levels[index]

    def arrival(self, index: int) -> float:
        """When frame `index` came, in seconds of the call."""
        return self._arrivals[index]

    def index_at(self, time: float) -> int:
        """The first frame that came at `time` or later."""
        return bisect_left(self._arrivals, time)

    @property
    def samples(self) -> Samples:
        """Everything heard, 8 kHz, sample 0 at second 0 of the call; zeros where nothing came."""
        if self._placed[0] != len(self):
            self._placed = (len(self), self._place())
        return self._placed[1]

    @property
    def pcm(self) -> bytes:
        """`samples` as 16-bit little-endian PCM."""
        return self.samples.astype("<i2").tobytes()

    def between(self, start: float, end: float = math.inf) -> Samples:
        """The audio of a span of the call, in seconds."""
        last = None if math.isinf(end) else max(0, round(end * RATE))
        return self.samples[max(0, round(start * RATE)) : last]

    def save_wav(self, path: Path) -> None:
        """Write `samples` as a mono WAV file."""
        soundfile.write(path, self.samples, RATE, subtype="PCM_16")

    def _place(self) -> Samples:
        starts = self.starts()
        ends = starts + np.array([len(pcm) for pcm in self._pcm], dtype=np.int64)
        out = np.zeros(max(0, int(ends.max(initial=0))), np.int16)
        for start, end, pcm in zip(starts.tolist(), ends.tolist(), self._pcm, strict=True):
            if start >= 0:
                out[start:end] = pcm
        return out

    def starts(self) -> npt.NDArray[np.int64]:
        """The sample of the call's clock at which each frame begins."""
        stamps = np.array(self._stamps, dtype=np.int64)
        stretches = np.array(self._stretches, dtype=np.int64)
        delays = np.array(self._arrivals) - stamps / RATE
        bases = np.zeros(len(stamps))
        edges = np.flatnonzero(np.diff(stretches)) + 1
        for part in np.split(np.arange(len(stamps)), edges):
            if len(part):
                bases[part] = _steady(least_delay(delays[part]))
        return np.rint(bases * RATE).astype(np.int64) + stamps


def least_delay(delays: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The delay without jitter, frame by frame.

    A stalled network makes frames late for a moment and then catches up: the least delay of the
    frames after tells. A stream that paused stays late: the least delay of the frames before must
    not count. The greater of the two minima follows a lasting step and forgets a passing one.
    """
    inf = np.full(WINDOW - 1, np.inf)
    sliding = np.lib.stride_tricks.sliding_window_view
    before = sliding(np.concatenate([inf, delays]), WINDOW).min(axis=1)
    after = sliding(np.concatenate([delays, inf]), WINDOW).min(axis=1)
    return np.asarray(np.maximum(before, after))


def _steady(delays: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # Within the tolerance the place is kept, or each frame would be cut at its edges.
    out = np.empty_like(delays)
    current = float(delays[0])
    for index, delay in enumerate(delays.tolist()):
        if abs(delay - current) > TOLERANCE:
            current = delay
        out[index] = current
    return out


def save_stereo_wav(path: Path, left: Recording, right: Recording) -> None:
    """Write two recordings of one call side by side, on the clock of `left`."""
    shift = round((right.epoch - left.epoch) * RATE)
    second = right.samples
    second = np.concatenate([np.zeros(shift, np.int16), second]) if shift >= 0 else second[-shift:]
    length = max(len(left.samples), len(second), FRAME)
    stereo = np.zeros((length, 2), np.int16)
    stereo[: len(left.samples), 0] = left.samples
    stereo[: len(second), 1] = second
    soundfile.write(path, stereo, RATE, subtype="PCM_16")
