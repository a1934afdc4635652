"""The words the model knows, read from the lists in the folder `vocabulary`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "vocabulary"

UNKNOWN = "[unk]"
"""The word for speech outside a grammar; Vosk knows it by this name."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by origin, each list in order of how common they are.

    `hotline_zh` and `hotline_en` are the hotline's own words, `hanzi` single characters,
    `common_zh` and `common_en` the rest.
    """

    hotline_zh: tuple[str, ...]
    hotline_en: tuple[str, ...]
    hanzi: tuple[str, ...]
    common_zh: tuple[str, ...]
    common_en: tuple[str, ...]

    @property
    def mandarin(self) -> tuple[str, ...]:
        return _unique(self.hotline_zh + self.hanzi + self.common_zh)

    @property
    def english(self) -> tuple[str, ...]:
        return _unique(self.hotline_en + self.common_en)


def read_list(path: Path) -> tuple[str, ...]:
    """The words of one list: blanks and line ends separate them, `#` begins a comment line."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return _unique(tuple(w for line in lines if not line.startswith("#") for w in line.split()))


@cache
def vocabulary(folder: Path = FOLDER) -> Vocabulary:
    """Every list of the folder."""
    names = ("hotline_zh", "hotline_en", "hanzi", "common_zh", "common_en")
    return Vocabulary(**{name: read_list(folder / f"{name}.txt") for name in names})


def _unique(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
