"""Sounds: a text in either language -> the sequence of sounds that two texts are compared by."""

import re
from dataclasses import dataclass
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from ivr.dialogue.matching.english import phones
from ivr.dialogue.wording import plain

MAX_SOUNDS = 120
"""Longer texts are cut here: nobody says a longer phrase in one turn."""

CONSONANT_WEIGHT = 0.4
VOWEL_WEIGHT = 0.15
"""What an English sound weighs beside a Mandarin syllable; vowels are heard worst."""

_CHUNK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\s\u3400-\u9fff\uf900-\ufaff]+")
_FINAL = re.compile(r"(\D*)(\d?)")


@dataclass(frozen=True, slots=True)
class Sound:
    """A Mandarin syllable, or one sound of a word in another script.

    `onset` is the syllable's initial, or the English sound; `rime` the final and `tone` "1" to
    "5" of a syllable, both empty for English. `weight` is 1 for a syllable.
    """

    onset: str
    rime: str
    tone: str
    written: str
    weight: float = 1.0

    @property
    def is_syllable(self) -> bool:
        return bool(self.tone)


@lru_cache(maxsize=16_384)
def sounds(text: str) -> tuple[Sound, ...]:
    """The sounds of a text; punctuation has none.

    Characters with several readings are read by pypinyin's phrase dictionary.
    """
    found: list[Sound] = []
    for chunk in _CHUNK.findall(plain(text)[:MAX_SOUNDS]):
        found += _syllables(chunk) if ord(chunk[0]) >= 0x3400 else _english(chunk)
    return tuple(found[:MAX_SOUNDS])


def _syllables(characters: str) -> list[Sound]:
    initials = _spelt(characters, Style.INITIALS)
    finals = _spelt(characters, Style.FINALS_TONE3)
    heard = []
    for character, onset, final in zip(characters, initials, finals, strict=False):
        match = _FINAL.fullmatch(final)
        rime, tone = (match[1], match[2]) if match else (final, "")
        onset = "" if onset == character else onset
        heard.append(Sound(onset, _told_apart(onset, rime), tone or "5", character))
    return heard


def _spelt(characters: str, style: Style) -> list[str]:
    """One part of each syllable; a character without a reading stands for itself."""
    return lazy_pinyin(
        characters,
        style=style,
        strict=True,
        neutral_tone_with_five=True,
        errors=list,  # type: ignore[arg-type]  # pypinyin takes a list of strings as well
    )


def _told_apart(onset: str, rime: str) -> str:
    """The vowel of zi and zhi is not the one of ji, though both are written i."""
    return "-i" if rime == "i" and onset in {"z", "c", "s", "zh", "ch", "sh", "r"} else rime


def _english(word: str) -> list[Sound]:
    return [
        Sound(phone, "", "", word, VOWEL_WEIGHT if phone == "a" else CONSONANT_WEIGHT)
        for phone in phones(word)
    ]
