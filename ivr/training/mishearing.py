"""Mishearing: the errors of a recogniser, simulated by exchanging syllables that sound alike."""

import random
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files

from pypinyin import Style, lazy_pinyin

from ivr.dialogue.matching.coarse import coarse
from ivr.dialogue.matching.sounds import sounds

INITIALS = (
    "z zh", "c ch", "s sh", "n l", "f h", "r l", "b p", "d t", "g k", "j q", "q x", "zh j", "ch q",
    "sh x", "zh ch", "g h", "m n", "b d",
)  # fmt: skip
FINALS = (
    "in ing", "en eng", "an ang", "ian iang", "uan uang", "ong eng", "v i", "e uo", "ai ei",
    "ou uo", "iao iou", "ao ou", "uen en", "a ua", "an en", "uei ei", "ian in", "ve ie", "u ou",
)  # fmt: skip
"""Pairs that are taken for each other; wider than what the matcher is told to forgive."""

SHARES = (0.4, 0.35, 0.25)
"""How often an error keeps the whole syllable, changes its initial, changes its final."""

Syllable = tuple[str, str]
"""Initial and final without tone."""


def mishear(text: str, rate: float, chance: random.Random) -> str:
    """`text` with each Mandarin syllable replaced, at this rate, by one that sounds like it."""
    heard = []
    for character in text:
        wrong = chance.random() < rate and _alike(character, chance)
        heard.append(wrong or character)
    return "".join(heard)


def mishear_english(text: str, rate: float, chance: random.Random) -> str:
    """`text` with each word replaced, at this rate, by a common word that sounds like it."""
    heard = []
    for word in text.split():
        alike = _words().get(coarse(sounds(word)), ())
        others = [other for other in alike if other != word]
        heard.append(chance.choice(others) if others and chance.random() < rate else word)
    return " ".join(heard)


@lru_cache(maxsize=1)
def _words() -> dict[str, list[str]]:
    """Common English words by their coarse sound."""
    text = files("ivr.training").joinpath("vocabulary/common_en.txt").read_text(encoding="utf-8")
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in dict.fromkeys(text.split()):
        if word.isalpha():
            found[coarse(sounds(word))].append(word)
    return dict(found)


def _alike(character: str, chance: random.Random) -> str:
    """Another character that may be heard for this one; empty if there is none."""
    spelt = syllable(character)
    if spelt is None:
        return ""
    kinds = ([spelt], _others(spelt, 0), _others(spelt, 1))
    options = [
        (share, found)
        for share, syllables in zip(SHARES, kinds, strict=True)
        if (found := [c for one in syllables for c in _characters().get(one, "") if c != character])
    ]
    if not options:
        return ""
    chosen = chance.choices([found for _, found in options], [share for share, _ in options])
    return chance.choice(chosen[0])


def _others(spelt: Syllable, part: int) -> list[Syllable]:
    pairs = [pair.split() for pair in (INITIALS, FINALS)[part]]
    found = []
    for one, other in pairs:
        if spelt[part] in (one, other):
            changed = other if spelt[part] == one else one
            found.append((changed, spelt[1]) if part == 0 else (spelt[0], changed))
    return found


@lru_cache(maxsize=8192)
def syllable(character: str) -> Syllable | None:
    """Initial and final of a character's usual reading; None if it is no Mandarin character."""
    if not "\u3400" <= character <= "\u9fff":
        return None
    initial = lazy_pinyin(character, style=Style.INITIALS, strict=True)[0]
    return initial, lazy_pinyin(character, style=Style.FINALS, strict=True)[0]


@lru_cache(maxsize=1)
def _characters() -> dict[Syllable, str]:
    """Common characters by syllable."""
    text = files("ivr.training").joinpath("vocabulary/hanzi.txt").read_text(encoding="utf-8")
    found: defaultdict[Syllable, str] = defaultdict(str)
    for character in dict.fromkeys(text):
        spelt = syllable(character)
        if spelt:
            found[spelt] += character
    return dict(found)
