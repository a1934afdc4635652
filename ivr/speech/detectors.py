"""Detectors: the voice activity detector that the settings name."""

from collections.abc import Callable

from ivr.errors import SettingsError
from ivr.ports import VoiceActivityDetector
from ivr.speech.cascade import CascadeVad
from ivr.speech.silero import SileroVad
from ivr.speech.vad import DEFAULT_MODE, WebrtcVad

DETECTORS = ("webrtc", "silero", "cascade")


def detector_maker(
    name: str = "webrtc", mode: int = DEFAULT_MODE
) -> Callable[[], VoiceActivityDetector]:
    """What makes a detector for each call; `mode` is WebRTC's.

    Raises:
        SettingsError: at once, if there is no such detector or it is not installed.
    """

    def cascade() -> VoiceActivityDetector:
        return CascadeVad(WebrtcVad(mode), SileroVad())

    makers: dict[str, Callable[[], VoiceActivityDetector]] = {
        "webrtc": lambda: WebrtcVad(mode),
        "silero": SileroVad,
        "cascade": cascade,
    }
    if name not in makers:
        known = ", ".join(makers)
        raise SettingsError(f"there is no voice activity detector {name!r}; choose one of {known}")
    makers[name]()
    return makers[name]
