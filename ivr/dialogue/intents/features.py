"""Features: a sentence -> its n-grams of words, of letters and of sounds, in either language.

Training and the running hotline use these same functions, so that they cannot drift apart.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from ivr.dialogue.matching.english import phones
from ivr.dialogue.matching.sounds import sounds
from ivr.dialogue.wording import core

MAX_CHARACTERS = 400
"""The rest of a longer sentence is not looked at: nobody says so much in one turn."""

LETTERS = (2, 5)
"""Shortest and longest n-gram of letters in an English word."""

HANZI = (1, 2)
SYLLABLES = (1, 3)

_TOKEN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+|[^\W\u3400-\u9fff\uf900-\ufaff]+(?:'\w+)?|\?")
_HANZI = re.compile(r"[\u3400-\u9fff]")
_BETWEEN_HANZI = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

Analyser = Callable[[str], list[str]]


def tokens(text: str) -> list[str]:
    """Words in small letters, runs of Mandarin characters, and question marks.

    Polite filling at the ends of a Mandarin sentence ("你好我想问一下") is left out.
    """
    folded = text[:MAX_CHARACTERS].casefold().replace("’", "'").replace("？", "?")
    joined = _BETWEEN_HANZI.sub("", folded)
    return _TOKEN.findall(core(joined) if _HANZI.search(joined) else joined)


def words(text: str) -> list[str]:
    """English words alone and in pairs; Mandarin characters likewise."""
    found: list[str] = []
    last = ""
    for token in tokens(text):
        if _is_hanzi(token):
            last = ""
            found += _runs(token, HANZI)
            continue
        found.append(token)
        if last:
            found.append(f"{last} {token}")
        last = token
    return found


def letters(text: str) -> list[str]:
    """Two to five letters in a row within each English word and its borders."""
    found: list[str] = []
    for token in tokens(text):
        if not _is_hanzi(token):
            found += _runs(f" {token} ", LETTERS)
    return found


def spoken(text: str) -> list[str]:
    """How it sounds: Mandarin syllables without tones, one to three in a row; English keys."""
    found: list[str] = []
    for token in tokens(text):
        if _is_hanzi(token):
            heard = [sound.onset + sound.rime or sound.written for sound in sounds(token)]
            found += _joined(heard, SYLLABLES)
        elif token != "?":
            found.append(phones(token))
    return found


ANALYSERS: Mapping[str, Analyser] = MappingProxyType(
    {"words": words, "letters": letters, "spoken": spoken}
)
"""The kinds of features by the names that model files use."""


def _is_hanzi(token: str) -> bool:
    return "\u3400" <= token[0] <= "\u9fff" or "\uf900" <= token[0] <= "\ufaff"


def _runs(text: str, sizes: tuple[int, int]) -> Iterable[str]:
    return [
        text[at : at + size]
        for size in range(sizes[0], sizes[1] + 1)
        for at in range(len(text) - size + 1)
    ]


def _joined(parts: list[str], sizes: tuple[int, int]) -> Iterable[str]:
    return [
        " ".join(parts[at : at + size])
        for size in range(sizes[0], sizes[1] + 1)
        for at in range(len(parts) - size + 1)
    ]
