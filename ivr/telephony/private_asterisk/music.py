"""Makes quiet music on hold, since Debian's Asterisk comes without any sound."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["calm_tones", "write_music"]

_RATE = 8000
_CHORD_SECONDS = 6.0
_PEAK = 0.09
"""About -21 dBFS: below speech, so that an agent's voice never startles."""

_CHORDS = (
    (174.61, 261.63, 329.63, 440.00),  # F major 7
    (130.81, 261.63, 329.63, 392.00),  # C major
    (146.83, 220.00, 293.66, 349.23),  # D minor
    (196.00, 246.94, 293.66, 392.00),  # G major
)
_MELODY = (0, 2, 1, 3)
"""Which note of each chord is plucked, one every quarter of the chord."""


def calm_tones() -> NDArray[np.int16]:
    """24 s of slow chords with a soft plucked note over them; 8 kHz mono, loops without a click."""
    length = int(_CHORD_SECONDS * _RATE)
    total = np.zeros(length * len(_CHORDS))
    for number, chord in enumerate(_CHORDS):
        pad = _pad(chord, 2 * length)
        for index in range(4):
            note = _pluck(2 * chord[_MELODY[index]], 2 * length)
            pad += np.concatenate([np.zeros(index * length // 4), note])[: 2 * length]
        # Each chord fades over the next; the last one fades over the first, so the loop is whole.
        places = (np.arange(2 * length) + number * length) % total.size
        total[places] += pad
    total *= _PEAK / np.abs(total).max()
    return (total * 32767).astype(np.int16)


def _pad(chord: tuple[float, ...], length: int) -> NDArray[np.float64]:
    time = np.arange(length) / _RATE
    swell = np.sin(np.pi * np.arange(length) / length) ** 2
    voices = [np.sin(2 * np.pi * pitch * time) / (1 + pitch / 300) for pitch in chord]
    return np.asarray(np.sum(voices, axis=0) * swell)


def _pluck(pitch: float, length: int) -> NDArray[np.float64]:
    time = np.arange(length) / _RATE
    attack = np.minimum(time / 0.02, 1.0)
    release = np.clip((length / _RATE - time) / 0.5, 0.0, 1.0)
    return np.asarray(
        0.35 * attack * release * np.exp(-1.6 * time) * np.sin(2 * np.pi * pitch * time)
    )


def write_music(folder: Path) -> Path:
    """Write the tones into `folder` as a wav that Asterisk's `files` mode plays; give its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "calm.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(calm_tones().astype("<i2").tobytes())
    return path
