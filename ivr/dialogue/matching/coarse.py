"""Coarse: sounds -> a string in which confusable sounds are one character, for fast shortlists."""

from collections.abc import Sequence

from ivr.dialogue.matching.sounds import Sound

_INITIALS = {
    "zh": "z", "ch": "c", "sh": "s", "l": "n", "r": "n", "h": "f", "p": "b", "t": "d", "k": "g",
    "q": "j",
}  # fmt: skip
_FINALS = {
    "ing": "in", "eng": "en", "ang": "an", "iang": "ian", "uang": "uan", "van": "ian", "vn": "in",
    "v": "i", "ve": "ie", "o": "uo", "e": "uo", "ei": "uei", "iong": "ong", "ueng": "ong",
    "iou": "ou", "iao": "ao", "ua": "a", "-i": "i",
}  # fmt: skip
_ENGLISH = str.maketrans("bdgvzj0NCr", "ptkfsSsnSl")
_FIRST_CODE = 0xE000
_codes: dict[str, str] = {}


def coarse(heard: Sequence[Sound]) -> str:
    """Two characters a syllable, for its initial and its final; one for an English sound."""
    return "".join(map(_code, heard))


def _code(sound: Sound) -> str:
    if not sound.is_syllable:
        return sound.onset.translate(_ENGLISH)
    onset = _INITIALS.get(sound.onset, sound.onset)
    rime = _FINALS.get(sound.rime, sound.rime)
    return _character("i:" + onset) + _character("f:" + rime)


def _character(part: str) -> str:
    """A private-use character for each kind of part; the same one for as long as we run."""
    return _codes.setdefault(part, chr(_FIRST_CODE + len(_codes)))
