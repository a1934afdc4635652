"""Silero's network behind the VoiceActivityDetector port, run by onnxruntime without PyTorch."""

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import SAMPLE_RATE, AudioFrame
from ivr.errors import SettingsError

WINDOW = 256
"""Samples the network judges at once (32 ms), as it was trained to at 8 kHz."""

CONTEXT = 32
"""Samples of the window before that it sees again."""

THRESHOLD = 0.3
"""Least probability of speech that counts: lower ones cost false alarms, higher ones digits."""

_STATE_SHAPE = (2, 1, 128)
_FULL_SCALE = 32768.0
_INSTALL = "pip install 'ivr[silero]' && pip install --no-deps silero-vad==6.2.3"


class SileroVad:
    """A recurrent network; about 100 us for each window of 32 ms, on the caller's thread.

    A frame holds 20 ms, so it is judged by the last whole window: up to 32 ms late. Its memory
    wears out over minutes of noise: `reset` it at each turn. All detectors share one network.

    Raises:
        SettingsError: if onnxruntime or the network's file is not installed.
    """

    def __init__(self, threshold: float = THRESHOLD) -> None:
        self._session = _session()
        self._rate = np.array(SAMPLE_RATE, np.int64)
        self._threshold = threshold
        self._state: NDArray[np.float32]
        self._waiting: NDArray[np.float32]
        self._speech: bool
        self.reset()

    def is_speech(self, frame: AudioFrame) -> bool:
        samples = np.frombuffer(frame.pcm, "<i2").astype(np.float32) / _FULL_SCALE
        self._waiting = np.concatenate((self._waiting, samples))
        while self._waiting.size >= CONTEXT + WINDOW:
            self._judge(self._waiting[: CONTEXT + WINDOW])
            self._waiting = self._waiting[WINDOW:]
        return self._speech

    def reset(self) -> None:
        """Forget the sound so far."""
        self._state = np.zeros(_STATE_SHAPE, np.float32)
        self._waiting = np.zeros(CONTEXT, np.float32)
        self._speech = False

    def _judge(self, window: NDArray[np.float32]) -> None:
        given = {"input": window[None], "state": self._state, "sr": self._rate}
        probability, self._state = self._session.run(None, given)
        self._speech = float(probability[0, 0]) >= self._threshold


@cache
def _session() -> Any:
    """The network, loaded once. Raises SettingsError."""
    try:
        import onnxruntime
    except ImportError as error:
        raise SettingsError(f'speech.vad "silero" needs onnxruntime: {_INSTALL}') from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    file = _file()
    try:
        return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has a dozen kinds of its own
        raise SettingsError(f"{file.name} of silero-vad cannot be used: {error}") from error


def _file() -> Path:
    """The network in the installed package, which is not imported: that would need PyTorch."""
    found = importlib.util.find_spec("silero_vad")
    for folder in (found.submodule_search_locations or ()) if found else ():
        file = Path(folder) / "data" / "silero_vad.onnx"
        if file.is_file():
            return file
    raise SettingsError(f'speech.vad "silero" needs the package silero-vad: {_INSTALL}')
