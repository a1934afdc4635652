"""Mandarin sounds: characters -> a key in which what telephones confuse is one sign.

Each syllable gives two signs, its initial and its final. Retroflex and flat (zh z), front and back
nasals (in ing), n and l, f and h are not told apart; nor are tones, which weak lines blur.
"""

from functools import lru_cache

from pypinyin.constants import PINYIN_DICT

_PLAIN = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvvnnnm")
_INITIALS = (
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x",
    "r", "z", "c", "s", "y", "w",
)  # fmt: skip
_BEFORE_UMLAUT = ("j", "q", "x", "y")
"""After these, pinyin writes u for the sound of ü."""

_ALIKE_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l", "f": "h"}
_ALIKE_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("ong", "on"))
_SIGNS: dict[str, str] = {}


def _sign(part: str) -> str:
    """One sign for a whole initial or final, the same in every key of this process."""
    return _SIGNS.setdefault(part, chr(0xE000 + len(_SIGNS)))


@lru_cache(maxsize=16_384)
def syllable(character: str) -> str:
    """The plain pinyin of a character's commonest reading; empty if it has none."""
    readings = PINYIN_DICT.get(ord(character), "")
    return str(readings).split(",")[0].translate(_PLAIN)


@lru_cache(maxsize=16_384)
def mandarin_key(character: str) -> str:
    """Two signs for a character; empty for what is not spoken."""
    sound = syllable(character)
    if not sound:
        return ""
    initial = next((one for one in _INITIALS if sound.startswith(one)), "")
    final = sound[len(initial) :]
    if initial in _BEFORE_UMLAUT and final.startswith("u"):
        final = "v" + final[1:]
    for written, heard in _ALIKE_ENDINGS:
        if final.endswith(written):
            final = final.removesuffix(written) + heard
            break
    return _sign(_ALIKE_INITIALS.get(initial, initial) + "-") + _sign(final)
