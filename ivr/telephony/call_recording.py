"""Turns the raw stereo that MixMonitor wrote into a wav file."""

import shutil
import wave
from pathlib import Path

from ivr.errors import AudioError

__all__ = ["to_stereo_wav"]

_RATE = 8000
_FRAME_BYTES = 4  # two channels of 16 bits
_CHUNK_BYTES = 256 * 1024


def to_stereo_wav(raw: Path) -> Path:
    """Write `raw` (MixMonitor's option D) as a wav beside it, remove it, and give the wav's path.

    Left is what the caller said, right is what the caller heard; 8 kHz, 16 bits. Call it once the
    call has ended. It blocks on the disk: run it in a thread.

    Raises:
        AudioError: the recording is not there or cannot be written.
    """
    target = raw.with_suffix(".wav")
    partial = raw.with_suffix(".wav.part")
    try:
        with raw.open("rb") as source, wave.open(str(partial), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(_RATE)
            while chunk := source.read(_CHUNK_BYTES):
                out.writeframesraw(chunk[: len(chunk) // _FRAME_BYTES * _FRAME_BYTES])
        shutil.move(partial, target)
        raw.unlink()
    except (OSError, wave.Error) as error:
        partial.unlink(missing_ok=True)
        raise AudioError(f"the recording {raw} cannot be made a wav: {error}") from error
    return target
