"""Human sounds: some of the public recordings kept beside the project, spread over a folder."""

from pathlib import Path

import numpy as np

from ivr.audio.wav import read_pcm
from ivr.errors import SettingsError
from ivr.rehearsal.line_noise import Sound, frame_powers, sound_of

LEVEL = 10 ** (-22 / 20)
"""Active level that every recording is brought to: a caller who speaks up."""


def human_sounds(folder: Path, count: int, start: int = 0) -> list[tuple[str, Sound]]:
    """`count` recordings by name, taken at even distances beginning with the one at `start`.

    Raises:
        SettingsError: if there are none.
    """
    files = sorted(folder.glob("*.flac")) + sorted(folder.glob("*.opus"))
    if not files:
        raise SettingsError(f"no recordings in {folder}: this measurement needs human speech")
    chosen = files[start :: max(1, len(files) // count)][:count]
    return [(file.stem, levelled(sound_of(read_pcm(file)))) for file in chosen]


def levelled(sound: Sound) -> Sound:
    """The same sound with its active level (frames within 20 dB of the loudest) at `LEVEL`."""
    power = frame_powers(sound)
    active = power[power > power.max(initial=0.0) / 100]
    return sound * (LEVEL / float(np.sqrt(active.mean()))) if active.size else sound
