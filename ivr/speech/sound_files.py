"""Sound files <-> PCM of the telephone: reads what a studio delivers, writes 8 kHz wav."""

import io
import os
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from ivr.audio.frames import SAMPLE_RATE
from ivr.errors import AudioError

MAX_FILE = 64 << 20
MAX_SECONDS = 600


def read_sound(path: Path) -> bytes:
    """PCM of a wav file of any rate, width and number of channels; its level stays.

    Raises:
        AudioError: if the file is unreadable, larger than `MAX_FILE` or longer than `MAX_SECONDS`.
    """
    samples: npt.NDArray[np.float64]
    try:
        if path.stat().st_size > MAX_FILE:
            raise AudioError(f"{path}: larger than {MAX_FILE >> 20} MiB; cut it into prompts")
        with soundfile.SoundFile(path) as sound:
            if sound.frames > MAX_SECONDS * sound.samplerate:
                raise AudioError(f"{path}: longer than {MAX_SECONDS} s; cut it into prompts")
            rate = sound.samplerate
            samples = sound.read(dtype="float64", always_2d=True).mean(axis=1)
    except (OSError, RuntimeError) as error:
        raise AudioError(f"{path}: not a readable sound file; save it as wav") from error
    if rate != SAMPLE_RATE:
        samples = soxr.resample(samples, rate, SAMPLE_RATE, quality="VHQ")
    return (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()


def wav_bytes(pcm: bytes) -> bytes:
    """PCM as a wav file: mono, 16 bit, 8 kHz, which Asterisk plays without conversion."""
    file = io.BytesIO()
    soundfile.write(file, np.frombuffer(pcm, "<i2"), SAMPLE_RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or the one before; makes its folder.

    Raises:
        OSError: if that fails; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        part.chmod(0o644)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
