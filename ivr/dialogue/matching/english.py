"""English spelling -> a phonetic key: consonants as heard on a telephone, vowels as one class.

Written from the spelling rules that Metaphone (Lawrence Philips, 1990) made known, with vowels
kept as places, because `loan` and `alone` are told apart by nothing else.
"""

import re
from functools import lru_cache

_RULES: tuple[tuple[str, str], ...] = (
    (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"^ps", "s"), (r"^x", "s"), (r"^wh", "w"),
    (r"mb$", "m"), (r"tch", "C"), (r"sch", "sk"), (r"ch", "C"), (r"sh", "S"),
    (r"th", "0"), (r"ph", "f"), (r"gh(?=[aeiou])", "g"), (r"ough$|augh$|igh$", "a"), (r"gh", ""),
    (r"dge?(?=[eiy])|dge", "j"), (r"[tc]i(?=on|al|ous|en)", "S"), (r"si(?=on)", "S"),
    (r"ng$|ng(?=[^aeiouy])", "N"), (r"ck|cq", "k"), (r"sc(?=[eiy])", "s"), (r"c(?=[eiy])", "s"),
    (r"g(?=[eiy])(?!i?v|et|irl)", "j"), (r"qu", "kw"), (r"x", "ks"), (r"[cq]", "k"),
    (r"(?<=[aeiou])s(?=[aeiou])", "z"), (r"(?<=[aeiou])w", ""),
    (r"(?<=[aeiou])h|h(?=[^aeiouy]|$)", ""), (r"^y(?=[aeiou])", "Y"),
    (r"(?<=[^aeiou])e$", ""), (r"(?<=[^aeiouy])es$", "s"),
)  # fmt: skip
"""Tried in this order over the whole word; capitals and 0 are finished sounds."""

_COMPILED = tuple((re.compile(pattern), sound) for pattern, sound in _RULES)
_VOWELS = re.compile(r"[aeiouy]+")
_TWICE = re.compile(r"([^a0-9])\1")

_LETTERS = {
    "b": "ba", "c": "sa", "d": "da", "f": "af", "g": "ja", "h": "aC", "j": "ja", "k": "ka",
    "l": "al", "m": "am", "n": "an", "p": "pa", "q": "kYa", "r": "ar", "s": "as", "t": "ta",
    "v": "va", "w": "dabalYa", "x": "aks", "y": "wa", "z": "za",
}  # fmt: skip
"""Abbreviations without a vowel (ATM aside) are spelled out: PIN is a word, SMS is not."""


@lru_cache(maxsize=8192)
def phones(word: str) -> str:
    """The sounds of one word, one character each: `a` any vowels, `0` th, `C` ch, `S` sh, `N` ng.

    >>> phones("loan"), phones("lone"), phones("night"), phones("knight")
    ('lan', 'lan', 'nat', 'nat')
    """
    bare = "".join(c for c in word.casefold() if c.isascii() and c.isalnum())
    if not bare:
        return word.casefold()
    if bare.isalpha() and not _VOWELS.search(bare):
        return "".join(_LETTERS.get(letter, "a") for letter in bare)
    for pattern, sound in _COMPILED:
        bare = pattern.sub(sound, bare)
    return _TWICE.sub(r"\1", _VOWELS.sub("a", bare)) or "a"
