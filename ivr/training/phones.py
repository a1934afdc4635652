"""The phone set: silence, garbage, the sounds of Mandarin and English, and whole English digits.

Long sounds (Mandarin finals, English diphthongs) are written as two phones in a row, so that a
one-state topology still gives them an order and a shortest length of two frames.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.training.digit_phones import DIGIT_PHONES

SILENCE = "SIL"
GARBAGE = "GBG"

_INITIALS = (
    "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh",
    "r", "z", "c", "s",
)  # fmt: skip
_FINALS = (
    "a", "o", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "eng", "er", "ong", "i", "ia",
    "ie", "iao", "iou", "ian", "in", "iang", "ing", "iong", "io", "u", "ua", "uo", "uai",
    "uei", "uan", "uen", "uang", "ueng", "v", "ve", "van", "vn", "i-", "i=",
)  # fmt: skip
_ENGLISH = (
    "P", "B", "T", "D", "K", "G", "CH", "JH", "F", "V", "TH", "DH", "S", "Z", "SH", "ZH",
    "HH", "M", "N", "NG", "L", "R", "W", "Y", "IY", "IH", "EH", "AE", "AA", "AO", "UH", "UW",
    "AH", "ER", "AX",
)  # fmt: skip
_DIPHTHONGS = ("EY", "AY", "OY", "AW", "OW")

POSITIONS = ("begin", "end", "internal", "singleton")
"""Where a phone stands in its word: Kaldi's word_boundary classes, in the order of phone ids."""


def _halves(names: Sequence[str]) -> list[str]:
    return [name + half for name in names for half in ("1", "2")]


MANDARIN = tuple("zh:" + name for name in [*_INITIALS, *_halves(_FINALS)])
ENGLISH = tuple("en:" + name for name in [*_ENGLISH, *_halves(_DIPHTHONGS)])
PHONES = (SILENCE, *MANDARIN, *ENGLISH, *DIGIT_PHONES)
"""What the network tells apart, in the order of its outputs."""

GARBAGE_PDF = len(PHONES)
"""The extra output that stands for any other sound (see `acoustic_model`)."""

INDEX = {phone: index for index, phone in enumerate(PHONES)}


@dataclass(frozen=True, slots=True)
class KaldiPhone:
    """One phone as Kaldi numbers it: `identity` from 1, and the network output it scores with."""

    identity: int
    name: str
    position: str
    pdf: int


def kaldi_phones() -> tuple[KaldiPhone, ...]:
    """SIL, then every other phone (garbage too) in its four positions, which share one output."""
    phones = [KaldiPhone(1, SILENCE, "nonword", INDEX[SILENCE])]
    for name in (GARBAGE, *PHONES[1:]):
        pdf = GARBAGE_PDF if name == GARBAGE else INDEX[name]
        for position in POSITIONS:
            phones.append(KaldiPhone(len(phones) + 1, name, position, pdf))
    return tuple(phones)


def positioned(pronunciation: Sequence[str]) -> list[tuple[str, str]]:
    """Each phone of a word with its position in it."""
    if len(pronunciation) == 1:
        return [(pronunciation[0], "singleton")]
    middle = [(phone, "internal") for phone in pronunciation[1:-1]]
    return [(pronunciation[0], "begin"), *middle, (pronunciation[-1], "end")]


def split_syllable(syllable: str) -> tuple[str, ...]:
    """The phones of a toneless pinyin syllable ("zhuang", "lv", "yue").

    Raises:
        ValueError: if it is not a syllable of standard Mandarin.
    """
    initial, final = _initial_and_final(syllable)
    if final not in _FINALS:
        raise ValueError(f"not a Mandarin syllable: {syllable!r}")
    head = ("zh:" + initial,) if initial else ()
    return (*head, f"zh:{final}1", f"zh:{final}2")


_WRITTEN_ALONE = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong", "yo": "io", "wu": "u", "wa": "ua", "wo": "uo",
    "wai": "uai", "wei": "uei", "wan": "uan", "wen": "uen", "wang": "uang", "weng": "ueng",
    "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
}  # fmt: skip
_SHORTENED = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}


def _initial_and_final(syllable: str) -> tuple[str, str]:
    if syllable in _WRITTEN_ALONE:
        return "", _WRITTEN_ALONE[syllable]
    initial = next((i for i in ("zh", "ch", "sh") if syllable.startswith(i)), syllable[:1])
    if initial not in _INITIALS:
        return "", syllable
    final = syllable[len(initial) :]
    if initial in ("j", "q", "x") and final.startswith("u"):
        return initial, {"u": "v", "ue": "ve", "uan": "van", "un": "vn"}.get(final, final)
    if final == "i" and initial in ("z", "c", "s"):
        return initial, "i-"
    if final == "i" and initial in ("zh", "ch", "sh", "r"):
        return initial, "i="
    if final == "o" and initial in ("b", "p", "m", "f"):
        return initial, "uo"
    return initial, _SHORTENED.get(final, final)
