"""MediaClock: what time it is in the caller's audio, told from when frames came.

Neither the count of frames nor the wall clock will do alone. Asterisk sends no audio for about
200 ms at each key, and some phones send none during silence, so frames cannot be counted as
time; and a busy machine delivers late frames in one burst, which is no pause in the speech.
"""

from collections import deque

from ivr.audio.frames import FRAME_SECONDS

_WINDOW = 8
_QUIET_STEP = 0.1


class MediaClock:
    """Never runs ahead of the clock it is given, and never back.

    The lag of a frame is how far the clock is ahead of the count of frames. Lateness makes single
    lags large, a true pause makes all later ones larger; so the least lag of the last frames is
    the sum of the pauses.
    """

    def __init__(self) -> None:
        self._count = 0
        self._lags: deque[float] = deque(maxlen=_WINDOW)
        self._time = 0.0
        self._started = False

    def frame(self, now: float) -> float:
        """A frame came at `now`, in seconds of a monotonic clock; return the audio's time."""
        if not self._started:
            self._started, self._time = True, now
        self._count += 1
        played = self._count * FRAME_SECONDS
        self._lags.append(now - played)
        self._time = max(self._time, min(now, played + min(self._lags)))
        return self._time

    def quiet(self, now: float) -> float:
        """No frame came of late; return the audio's time.

        One call moves it by at most 100 ms, so that a process that stood still for a second, and
        will read the caller's second of speech next, does not take it for a second of silence.
        """
        if not self._started:
            self._started, self._time = True, now
        self._time = max(self._time, min(now, self._time + _QUIET_STEP))
        return self._time
