"""CascadeVad: a cheap detector keeps watch, a better one judges what it points at."""

from collections import deque

from ivr.audio.frames import FRAME_MS, AudioFrame
from ivr.ports import VoiceActivityDetector

LOOK_BACK_FRAMES = 200 // FRAME_MS
"""The judge is woken with the 200 ms before the alarm, so that it knows the noise and the onset."""

AWAKE_FRAMES = 400 // FRAME_MS
"""It stays awake for 400 ms after the last alarm."""


class CascadeVad:
    """Speech is what `judge` says, asked only when `watch` has raised an alarm of late.

    In silence it costs what `watch` costs. Waking the judge takes `LOOK_BACK_FRAMES` frames' work
    at once.
    """

    def __init__(self, watch: VoiceActivityDetector, judge: VoiceActivityDetector) -> None:
        self._watch = watch
        self._judge = judge
        self._asleep: deque[AudioFrame] = deque(maxlen=LOOK_BACK_FRAMES)
        self._awake = 0

    def is_speech(self, frame: AudioFrame) -> bool:
        alarm = self._watch.is_speech(frame)
        if not alarm and not self._awake:
            self._asleep.append(frame)
            return False
        if not self._awake:
            self._judge.reset()
            while self._asleep:
                self._judge.is_speech(self._asleep.popleft())
        self._awake = AWAKE_FRAMES if alarm else self._awake - 1
        return self._judge.is_speech(frame)

    def reset(self) -> None:
        """Forget the sound so far."""
        self._watch.reset()
        self._judge.reset()
        self._asleep.clear()
        self._awake = 0
