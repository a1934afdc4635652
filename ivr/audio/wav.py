"""Sound files (wav, flac, ogg, mp3) to telephone PCM, and PCM to wav files."""

import io
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from ivr.audio.frames import SAMPLE_BYTES, SAMPLE_RATE, AudioFrame, frames_of
from ivr.errors import AudioError

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 3600.0
MIN_RATE, MAX_RATE = 1000, 384_000
MAX_CHANNELS = 8
_BLOCK_SAMPLES = 65_536


def read_pcm(path: Path, *, max_seconds: float = MAX_SECONDS) -> bytes:
    """Read a sound file as PCM in the format of `ivr.audio.frames`; channels are mixed.

    Raises:
        AudioError: if the file is absent, no sound, or longer than `max_seconds`.
    """
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise AudioError(f"{path}: {size} bytes; at most {MAX_FILE_BYTES} are read")
        data = path.read_bytes()
    except OSError as error:
        raise AudioError(f"{path}: cannot be read: {error.strerror or error}") from error
    return decode_pcm(data, str(path), max_seconds=max_seconds)


def read_frames(path: Path, *, max_seconds: float = MAX_SECONDS) -> list[AudioFrame]:
    """`read_pcm`, cut into frames. Raises AudioError."""
    return list(frames_of(read_pcm(path, max_seconds=max_seconds)))


def decode_pcm(data: bytes, where: str, *, max_seconds: float = MAX_SECONDS) -> bytes:
    """Decode the bytes of a sound file; `where` names them in errors.

    Raises:
        AudioError: if they are no sound, or play longer than `max_seconds`.
    """
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as sound:
            return b"".join(_convert(sound, where, max_seconds))
    except soundfile.LibsndfileError as error:
        raise AudioError(
            f"{where}: not a sound file that can be read ({error}); give wav, flac, ogg or mp3"
        ) from error


def _convert(sound: soundfile.SoundFile, where: str, max_seconds: float) -> Iterator[bytes]:
    """Decode block by block, so that no header can make us take more memory than allowed."""
    rate, channels = sound.samplerate, sound.channels
    if not MIN_RATE <= rate <= MAX_RATE or not 1 <= channels <= MAX_CHANNELS:
        raise AudioError(f"{where}: {rate} Hz with {channels} channels is no speech recording")
    stream = None
    if rate != SAMPLE_RATE:
        stream = soxr.ResampleStream(rate, SAMPLE_RATE, 1, dtype="float32")
    seconds = 0.0
    while (block := sound.read(_BLOCK_SAMPLES, dtype="float32", always_2d=True)).size:
        seconds += len(block) / rate
        if seconds > max_seconds:
            raise AudioError(f"{where}: longer than {max_seconds:g} s; cut it")
        mono = np.ascontiguousarray(block.mean(axis=1, dtype=np.float32))
        yield _pcm(stream.resample_chunk(mono) if stream else mono)
    if stream:
        yield _pcm(stream.resample_chunk(np.zeros(0, dtype=np.float32), last=True))


def _pcm(samples: NDArray[np.float32]) -> bytes:
    scaled = np.rint(np.nan_to_num(samples) * 32768.0)
    return bytes(np.clip(scaled, -32768, 32767).astype("<i2").tobytes())


def write_wav(path: Path, pcm: bytes) -> None:
    """Write PCM as a mono wav file, complete or not at all. Raises AudioError."""
    _write(path, pcm, channels=1)


def write_stereo(path: Path, left: bytes, right: bytes) -> None:
    """Write two pieces of PCM as the channels of one wav file; the shorter is filled with silence.

    Raises:
        AudioError: if the file cannot be written.
    """
    samples = max(len(left), len(right)) // SAMPLE_BYTES
    both = np.zeros((samples, 2), dtype="<i2")
    for channel, pcm in enumerate((left, right)):
        one = np.frombuffer(pcm, dtype="<i2")
        both[: one.size, channel] = one
    _write(path, both.tobytes(), channels=2)


def _write(path: Path, pcm: bytes, *, channels: int) -> None:
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("wb") as file, wave.open(file, "wb") as sound:
            sound.setnchannels(channels)
            sound.setsampwidth(SAMPLE_BYTES)
            sound.setframerate(SAMPLE_RATE)
            sound.writeframes(pcm)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise AudioError(f"{path}: cannot be written: {error.strerror or error}") from error
