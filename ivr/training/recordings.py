"""Human recordings laid out as `speech/digits-en`, `mandarin-words`, `mandarin-syllables`.

The audio is read where it lies and never copied into the project.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from ivr.errors import ModelError
from ivr.training.clips import at_8_khz

DIGIT_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip
DIGITS = "digits-en"
WORDS = "mandarin-words"
SYLLABLES = "mandarin-syllables"
_SPEAKERS = {WORDS: "yue-tan", SYLLABLES: "chen-wang"}
MOST_SECONDS = 30
"""Longer files are refused: they are no single words."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file: `text` is the word in it (toned pinyin for a syllable)."""

    path: Path
    text: str
    speaker: str
    group: str

    def samples(self) -> NDArray[np.int16]:
        """Mono at 8 kHz.

        Raises:
            ModelError: if the file cannot be read or is too long.
        """
        try:
            info = soundfile.info(self.path)
            if info.duration > MOST_SECONDS:
                raise ModelError(f"{self.path}: longer than {MOST_SECONDS} s, so no single word")
            data, rate = soundfile.read(self.path, dtype="int16", always_2d=True)
        except (OSError, soundfile.SoundFileError) as error:
            raise ModelError(f"{self.path}: cannot be read as sound: {error}") from error
        return at_8_khz(np.ascontiguousarray(data[:, 0]), rate)


def held_out_words(texts: Iterable[str]) -> frozenset[str]:
    """Every tenth of these words, in sorted order: kept from training until it is measured."""
    return frozenset(sorted(set(texts))[7::10])


def recordings(folder: Path) -> Iterator[Recording]:
    """Every recording below `folder`, in the order of names; a missing part gives nothing."""
    for path in sorted((folder / DIGITS).glob("[0-9]_*.*")):
        digit, _, rest = path.stem.partition("_")
        yield Recording(path, DIGIT_WORDS[int(digit)], rest.rpartition("_")[0], DIGITS)
    for group in (WORDS, SYLLABLES):
        for path in sorted((folder / group).glob("*.*")):
            if "_" not in path.stem:
                yield Recording(path, path.stem, _SPEAKERS[group], group)
