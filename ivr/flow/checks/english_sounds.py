"""English sounds: words -> a key in which letters that sound alike are one sign.

In the manner of Metaphone: silent letters go, voiced and voiceless partners (b p, d t, g k, v f,
z s) are one sign, and so are all vowels, which weak lines blur.
"""

import re
from functools import lru_cache

_RULES = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"[^a-z]", ""),
        (r"^(?:kn|gn|pn)", "n"),
        (r"^wr", "r"),
        (r"^x", "s"),
        (r"mb$", "m"),
        (r"(?:ough|augh)t", "t"),
        (r"igh", "i"),
        (r"tch|ch|sh|tion|sion|cia|tia", "X"),
        (r"ph|gh(?=$)", "f"),
        (r"gh", ""),
        (r"dge?(?=[eiy])|j|g(?=[eiy])", "J"),
        (r"th", "0"),
        (r"ck|q|c(?![eiy])|x", "k"),
        (r"c", "s"),
        (r"b", "p"),
        (r"d", "t"),
        (r"g", "k"),
        (r"v", "f"),
        (r"z", "s"),
        (r"wh", "w"),
        (r"(?<=[^aeiou])e(?=s?$)", ""),
        (r"(?<=[aeiou])[wyh]+|y(?!^)(?=[^aeiou]|$)", "a"),
        (r"[aeiou]+", "A"),
        (r"(?<!^)h", ""),
        (r"(.)\1+", r"\1"),
    )
)


@lru_cache(maxsize=16_384)
def english_key(word: str) -> str:
    """The key of one word, for example "KART" for card; empty for a word without letters."""
    key = word.casefold().replace("'", "")
    for pattern, sound in _RULES:
        key = pattern.sub(sound, key)
    return key.upper()
