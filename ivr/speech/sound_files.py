"""Sound files of prompts: reads what a studio delivers, writes 8 kHz wav in one piece."""

import io
import os
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from ivr.audio.frames import SAMPLE_RATE
from ivr.audio.wav import read_pcm

MAX_SECONDS = 600.0
"""A recording that plays longer is no prompt."""


def read_sound(path: Path) -> bytes:
    """PCM of a recording of any rate and number of channels; its level stays.

    Raises:
        AudioError: if the file is unreadable, too large, or longer than `MAX_SECONDS`.
    """
    return read_pcm(path, max_seconds=MAX_SECONDS)


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
