"""MediaClock: what time it is in the caller's audio, told from when frames came.

Neither the count of frames nor the wall clock will do alone. Asterisk sends no audio for about
200 ms at each key, and some phones send none during silence, so frames cannot be counted as
time; and a busy machine delivers late frames in one burst, which is no pause in the speech.
"""

from collections import deque

from ivr.audio.frames import FRAME_SECONDS

_MEMORY = 0.16
_QUIET_STEP = 0.1


class MediaClock:
    """Never runs ahead of the clock it is given, and never back.

    The lag of a frame is how far the clock is ahead of the count of frames. Lateness makes single
    lags large, a true pause makes all later ones larger; so a larger least lag is believed when
    all frames that came during 160 ms show it.
    """

    def __init__(self) -> None:
        self._count = 0
        self._lags: deque[tuple[float, float]] = deque()  # (known since, lag), lags growing
        self._time = 0.0
        self._started = False

    def frame(self, now: float) -> float:
        """A frame came at `now`, in seconds of a monotonic clock; return the audio's time."""
        if not self._started:
            self._started, self._time = True, now
        self._count += 1
        played = self._count * FRAME_SECONDS
        self._time = max(self._time, min(now, played + self._least_lag(now, now - played)))
        return self._time

    def _least_lag(self, now: float, lag: float) -> float:
        since = now
        while self._lags and self._lags[-1][1] >= lag:
            since, _ = self._lags.pop()
        self._lags.append((since, lag))
        while len(self._lags) > 1 and now - self._lags[1][0] >= _MEMORY:
            self._lags.popleft()
        return self._lags[0][1]

    def quiet(self, now: float) -> float:
        """No frame came of late; return the audio's time.

        One call moves it by at most 100 ms, so that a process that stood still for a second, and
        will read the caller's second of speech next, does not take it for a second of silence.
        """
        if not self._started:
            self._started, self._time = True, now
        self._time = max(self._time, min(now, self._time + _QUIET_STEP))
        return self._time
