"""webrtcvad behind the VoiceActivityDetector port."""

import webrtcvad

from ivr.audio.frames import SAMPLE_RATE, AudioFrame
from ivr.errors import SettingsError

DEFAULT_MODE = 2
"""Found every test word; modes 0 and 1 take each fresh start for speech."""

MODES = range(4)

WARM_UP_FRAMES = 5
"""A fresh detector takes its first frame of any noise for speech, and needs 4 more to let go."""


class WebrtcVad:
    """The detector of WebRTC: Gaussian mixtures over six bands; about 4 us a frame.

    `mode` runs from 0 (misses least) to 3 (false alarms least).

    Raises:
        SettingsError: if there is no such mode.
    """

    def __init__(self, mode: int = DEFAULT_MODE) -> None:
        if mode not in MODES:
            raise SettingsError(f"VAD mode {mode} does not exist; choose 0, 1, 2 or 3")
        self._mode = mode
        self.reset()

    def is_speech(self, frame: AudioFrame) -> bool:
        speech = bool(self._vad.is_speech(frame.pcm, SAMPLE_RATE))
        if self._cold:
            self._cold -= 1
            return False
        return speech

    def reset(self) -> None:
        """Forget the noise learnt so far."""
        self._vad = webrtcvad.Vad(self._mode)
        self._cold = WARM_UP_FRAMES
