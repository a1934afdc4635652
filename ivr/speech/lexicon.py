"""Lexicon: the words a model can hear, and how a written phrase is said in them."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ivr.errors import ModelError

UNKNOWN = "[unk]"
"""The model's word for speech that is none of its words."""

MAX_PHRASE_CHARS = 200
MAX_WORD_CHARS = 8
"""The longest Mandarin word looked for, in characters."""

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]+|[0-9]|(?:(?![{_HAN}])[^\W\d_])+(?:['’](?:(?![{_HAN}])[^\W\d_])+)*")
_SPECIAL = re.compile(r"[<\[!#]|.*[\s\"\\\x00-\x1f]", re.DOTALL)
"""Words of the machinery (<eps>, <s>, [unk], !SIL, #0), and what no grammar may hold."""

_DIGITS = {
    "zh": ["零/洞", "一/幺", "二/两", "三", "四", "五", "六", "七", "八", "九"],
    "en": ["zero/oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
}
"""How each digit is said, the commonest form first."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """How a phrase is said in the words of a model.

    `variants` has more than one entry where a digit is said in more than one way; a missing word
    stands in them as `[unk]`, and `missing` names it.
    """

    variants: tuple[tuple[str, ...], ...]
    missing: tuple[str, ...]


class Lexicon:
    """The words of one model; `knows` tells whether a word, exactly so written, is one."""

    def __init__(self, knows: Callable[[str], bool]) -> None:
        self._knows = knows

    @classmethod
    def of(cls, words: Iterable[str]) -> "Lexicon":
        return cls(frozenset(words).__contains__)

    def __contains__(self, word: str) -> bool:
        return bool(word) and not _SPECIAL.match(word) and self._knows(word)

    @property
    def has_unknown(self) -> bool:
        """Whether the model can hear that something else was said."""
        return self._knows(UNKNOWN)

    def segment(self, phrase: str, language: str) -> Segmentation:
        """Say `phrase` in the model's words.

        Mandarin is cut into the fewest words, English words are lower-cased, digits are said one
        by one in `language` ("zh", "en", or a tag that begins so). Signs are not said.

        Raises:
            ModelError: if the phrase is longer than `MAX_PHRASE_CHARS`.
        """
        if len(phrase) > MAX_PHRASE_CHARS:
            raise ModelError(
                f"phrase {phrase[:20]!r}... has {len(phrase)} characters;"
                f" shorten it to {MAX_PHRASE_CHARS}"
            )
        slots: list[tuple[str, ...]] = []
        missing: list[str] = []
        for token in _TOKEN.findall(unicodedata.normalize("NFKC", phrase)):
            for written, forms in self._say(token, language):
                slots.append(forms or (UNKNOWN,))
                if not forms:
                    missing.append(written)
        return Segmentation(_variants(slots), tuple(dict.fromkeys(missing)))

    def _say(self, token: str, language: str) -> list[tuple[str, tuple[str, ...]]]:
        """The token's pieces as written, each with its spoken forms that the model knows."""
        if token in "0123456789":
            spoken = _DIGITS.get(language[:2].lower())
            forms = spoken[int(token)].split("/") if spoken else [token]
            return [(token, tuple(form for form in forms if form in self))]
        if re.match(f"[{_HAN}]", token):
            return [(word, (word,) if word in self else ()) for word in self._cut(token)]
        token = token.replace("’", "'")
        found = next((form for form in _cases(token) if form in self), None)
        return [(token, (found,) if found else ())]

    def _cut(self, text: str) -> list[str]:
        """Cut characters into the fewest words, the fewest of them missing, long ones first."""
        best: list[tuple[int, int, int, str]] = [(0, 0, 0, "")]
        for end in range(1, len(text) + 1):
            options = []
            for start in range(max(0, end - MAX_WORD_CHARS), end):
                word = text[start:end]
                known = word in self
                if known or len(word) == 1:
                    missing, count, evenness, _ = best[start]
                    squares = evenness - len(word) ** 2
                    options.append((missing + (not known), count + 1, squares, word))
            best.append(min(options))
        words: list[str] = []
        end = len(text)
        while end:
            words.append(best[end][3])
            end -= len(best[end][3])
        return words[::-1]


def _cases(word: str) -> tuple[str, str, str]:
    return word.lower(), word, word.upper()


def _variants(slots: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """All slots in their first form, all in their second, and so on: as far as forms go.

    A run-time grammar is a bigram, so mixtures of these are heard as well.
    """
    most = max((len(forms) for forms in slots), default=0)
    chosen = (tuple(forms[min(k, len(forms) - 1)] for forms in slots) for k in range(most))
    return tuple(dict.fromkeys(chosen))
