"""Word pieces: a sentence -> the numbers of its pieces in the vocabulary of a BERT encoder.

The rules are those of BERT's uncased tokeniser (Devlin et al. 2018): small letters without
accents, punctuation and Mandarin characters apart, then the longest known pieces from the left.
"""

import re
import unicodedata
from collections.abc import Mapping

MAX_PIECES = 64
"""The rest of a longer sentence is not looked at: nobody says so much in one turn."""

MAX_CHARACTERS = 400
MAX_WORD = 100

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u9fff\uf900-\ufaff]+|[^\w\s]|_")


def pieces(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The sentence between [CLS] and [SEP]; a word that cannot be cut into pieces is [UNK]."""
    plain = unicodedata.normalize("NFD", text[:MAX_CHARACTERS].lower())
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    found = [number for word in _WORD.findall(plain) for number in _cut(word, vocabulary)]
    return [vocabulary["[CLS]"], *found[: MAX_PIECES - 2], vocabulary["[SEP]"]]


def _cut(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    unknown = [vocabulary["[UNK]"]]
    if len(word) > MAX_WORD:
        return unknown
    found: list[int] = []
    at = 0
    while at < len(word):
        mark = "##" if at else ""
        ends = range(len(word), at, -1)
        end = next((end for end in ends if mark + word[at:end] in vocabulary), 0)
        if not end:
            return unknown
        found.append(vocabulary[mark + word[at:end]])
        at = end
    return found
