"""The process that holds eSpeak NG: reads requests on stdin, answers with samples on stdout.

It is run with `python -m ivr.speech.espeak_worker` by `ivr.speech.espeak_voice`, because the
library can crash or hang on odd text: then only this process dies. Nothing but the standard
library and the wheel with eSpeak NG is imported, so that a restart is quick.

A request is a big-endian u32 length and as many bytes of JSON:
`{"runs": [{"voice", "text", "rate", "pitch", "range"}, ...]}`. The answer is one status byte
(0: samples, 1: an error as UTF-8), a u32 length and the payload: mono 16-bit little-endian
samples at the rate announced once at the start as four bytes.
"""

import ctypes
import json
import os
import resource
import signal
import struct
import sys
from typing import Any, BinaryIO

import espeakng_loader

MAX_REQUEST = 1 << 16
MAX_SAMPLES = 22_050 * 360
"""Six minutes a request, which the longest text takes; more is an error of whoever asks."""

HANG_SECONDS = 10.0
"""The kernel ends this process after so long inside one request, whatever our parent does."""

# speak_lib.h of eSpeak NG 1.52
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_FULL_VOLUME = 90

_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Library:
    """libespeak-ng, opened once."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = os.fsencode(espeakng_loader.get_data_path())
        self.rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DONT_EXIT)
        if self.rate <= 0:
            raise RuntimeError("eSpeak NG does not find its data")
        # The library seeds its breath noise with the time; a fresh process must not differ.
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(1))
        self._parts: list[bytes] = []
        self._samples = 0
        self._callback = _SynthCallback(self._receive)
        self._library.espeak_SetSynthCallback(self._callback)

    def _receive(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, 2 * count))
            self._samples += count
        return 1 if self._samples > MAX_SAMPLES else 0

    def speak(self, runs: list[dict[str, Any]]) -> bytes:
        """Speak runs one after the other.

        Raises:
            ValueError: if a voice is unknown or the speech is too long.
        """
        self._parts.clear()
        self._samples = 0
        for run in runs:
            self._speak_run(run)
        if self._samples > MAX_SAMPLES:
            raise ValueError(f"the speech is longer than {MAX_SAMPLES // self.rate} seconds")
        return b"".join(self._parts)

    def _speak_run(self, run: dict[str, Any]) -> None:
        library = self._library
        if library.espeak_SetVoiceByName(str(run["voice"]).encode()) != 0:
            raise ValueError(f"eSpeak NG has no voice {run['voice']!r}")
        for parameter, value in (
            (_RATE, int(run["rate"])),
            (_VOLUME, _FULL_VOLUME),
            (_PITCH, int(run["pitch"])),
            (_RANGE, int(run["range"])),
        ):
            library.espeak_SetParameter(parameter, value, 0)
        text = str(run["text"]).encode()
        size = ctypes.c_size_t(len(text) + 1)
        library.espeak_Synth(text, size, 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until their stream ends."""
    library = Library()
    answers.write(struct.pack(">I", library.rate))
    answers.flush()
    while len(head := requests.read(4)) == 4:
        (length,) = struct.unpack(">I", head)
        if length > MAX_REQUEST:
            return
        status, payload = _answer(library, requests.read(length))
        answers.write(struct.pack(">BI", status, len(payload)) + payload)
        answers.flush()


def _answer(library: Library, request: bytes) -> tuple[int, bytes]:
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        return 0, library.speak(json.loads(request)["runs"])
    except (ValueError, KeyError, TypeError) as error:
        return 1, str(error).encode()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Serve stdin and stdout; whatever the library prints goes to stderr."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
