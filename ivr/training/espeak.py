"""Speech from eSpeak NG's library, with the times of words and phonemes, by ctypes.

The library can crash or hang on odd text, so builds run it through `speaking.SpeakingProcess`.
"""

import ctypes
from dataclasses import dataclass, field

import espeakng_loader
import numpy as np
from numpy.typing import NDArray

RATE = 22_050
_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS of speak_lib.h
_PHONEME_EVENTS = 1  # espeakINITIALIZE_PHONEME_EVENTS
_UTF8 = 1  # espeakCHARS_UTF8
_PHONEME_INPUT = 0x100  # espeakPHONEMES: text may hold [[phonemes]]
_WORD, _PHONEME = 1, 7  # espeakEVENT_WORD, espeakEVENT_PHONEME
_SPEED, _PITCH, _RANGE = 1, 3, 4  # espeakRATE, espeakPITCH, espeakRANGE


class _Identity(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identity),
    )


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True, slots=True)
class Style:
    """How to speak: a voice file (`gmw/en-029+f2`), words a minute, pitch and range (0-99)."""

    voice: str
    speed: int = 165
    pitch: int = 50
    pitch_range: int = 50


@dataclass(slots=True)
class Spoken:
    """What was said: 16-bit samples, the start of each word, and (phoneme, start), in seconds."""

    samples: NDArray[np.int16]
    rate: int
    words: list[float] = field(default_factory=list)
    phonemes: list[tuple[str, float]] = field(default_factory=list)


class Espeak:
    """The library, initialised; one per process, as it keeps global state."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
        data = str(espeakng_loader.get_data_path()).encode()
        self._rate = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _PHONEME_EVENTS)
        if self._rate <= 0:
            raise OSError("eSpeak NG found no data")
        self._callback = _Callback(self._hear)
        self._library.espeak_SetSynthCallback(self._callback)
        self._chunks: list[NDArray[np.int16]] = []
        self._words: list[float] = []
        self._phonemes: list[tuple[str, float]] = []

    def speak(self, text: str, style: Style) -> Spoken:
        """Synthesise `text`.

        Raises:
            ValueError: if the voice is not there.
        """
        if self._library.espeak_SetVoiceByName(style.voice.encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {style.voice!r}")
        for parameter, value in ((_SPEED, style.speed), (_PITCH, style.pitch)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._library.espeak_SetParameter(_RANGE, style.pitch_range, 0)
        self._chunks, self._words, self._phonemes = [], [], []
        encoded = text.encode()
        flags = _UTF8 | _PHONEME_INPUT
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, flags, None, None)
        samples = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
        return Spoken(samples, self._rate, self._words, self._phonemes)

    def _hear(self, wave: "ctypes._Pointer[ctypes.c_short]", count: int, events: object) -> int:
        if count > 0 and wave:
            self._chunks.append(np.ctypeslib.as_array(wave, (count,)).astype(np.int16))
        index = 0
        while events[index].type:  # type: ignore[index]
            event = events[index]  # type: ignore[index]
            if event.type == _WORD:
                self._words.append(event.sample / self._rate)
            elif event.type == _PHONEME:
                name = event.id.string.decode("utf-8", "replace")
                self._phonemes.append((name, event.sample / self._rate))
            index += 1
        return 0
