"""Confusions: how far two sounds are apart to a listener on a telephone, from 0 to 1.

The pairs are those of the southern and north-eastern accents of Mandarin (flat and curled tongue,
n and l, f and h, front and back nasals) and those that a band of 300 to 3400 Hz hides.
"""

from functools import lru_cache

from ivr.dialogue.matching.sounds import Sound

ONSET_SHARE = 0.45
"""What the initial counts in a syllable; the final carries more of its sound."""

TONE = 0.04
"""What another tone costs: a recogniser picks characters by words, seldom by tone."""

SPELLING = 0.01
"""What another character of the very same sound costs."""

_INITIALS = {
    ("z", "zh"): 0.2, ("c", "ch"): 0.2, ("s", "sh"): 0.2, ("n", "l"): 0.2, ("f", "h"): 0.3,
    ("r", "l"): 0.3, ("r", "n"): 0.5, ("b", "p"): 0.4, ("d", "t"): 0.4, ("g", "k"): 0.4,
    ("j", "q"): 0.4, ("zh", "ch"): 0.4, ("z", "c"): 0.4, ("g", "h"): 0.6, ("k", "h"): 0.5,
    ("j", "zh"): 0.45, ("q", "ch"): 0.45, ("x", "sh"): 0.4, ("j", "z"): 0.45, ("q", "c"): 0.45,
    ("x", "s"): 0.4, ("x", "q"): 0.5, ("sh", "ch"): 0.5, ("s", "c"): 0.5, ("zh", "d"): 0.7,
    ("m", "n"): 0.5, ("b", "d"): 0.6, ("p", "t"): 0.6, ("t", "k"): 0.6, ("d", "g"): 0.6,
    ("m", "b"): 0.7, ("f", "p"): 0.7, ("r", "zh"): 0.6, ("r", ""): 0.6, ("h", ""): 0.5,
    ("n", ""): 0.6, ("sh", "f"): 0.7, ("s", "f"): 0.6,
}  # fmt: skip

_FINALS = {
    ("in", "ing"): 0.15, ("en", "eng"): 0.15, ("an", "ang"): 0.2, ("ian", "iang"): 0.25,
    ("uan", "uang"): 0.2, ("uen", "ong"): 0.4, ("uen", "en"): 0.4, ("ueng", "ong"): 0.2,
    ("ong", "eng"): 0.35, ("iong", "ong"): 0.4, ("van", "ian"): 0.4, ("van", "uan"): 0.4,
    ("vn", "in"): 0.35, ("vn", "uen"): 0.4, ("v", "i"): 0.35, ("v", "u"): 0.4, ("ve", "ie"): 0.35,
    ("o", "uo"): 0.1, ("e", "uo"): 0.35, ("e", "o"): 0.35, ("e", "-i"): 0.45, ("i", "-i"): 0.4,
    ("ai", "ei"): 0.4, ("ai", "a"): 0.6, ("ei", "i"): 0.5, ("ei", "uei"): 0.35, ("ai", "uai"): 0.4,
    ("a", "ua"): 0.4, ("an", "uan"): 0.35, ("ang", "uang"): 0.35, ("ou", "uo"): 0.45,
    ("ou", "u"): 0.5, ("ao", "ou"): 0.5, ("ao", "iao"): 0.4, ("ou", "iou"): 0.4, ("a", "ia"): 0.4,
    ("iao", "iou"): 0.45, ("an", "ian"): 0.5, ("an", "en"): 0.5, ("ang", "eng"): 0.5,
    ("ian", "in"): 0.5, ("ie", "i"): 0.5, ("er", "e"): 0.4, ("er", "a"): 0.5, ("a", "e"): 0.6,
    ("ie", "ian"): 0.6, ("uan", "uen"): 0.5, ("ang", "iang"): 0.5, ("iang", "ing"): 0.6,
    ("u", "uo"): 0.5, ("ia", "ie"): 0.6,
}  # fmt: skip

_ENGLISH = {
    ("p", "b"): 0.35, ("t", "d"): 0.35, ("k", "g"): 0.35, ("f", "v"): 0.35, ("f", "0"): 0.3,
    ("s", "z"): 0.2, ("s", "0"): 0.4, ("m", "n"): 0.35, ("v", "b"): 0.5, ("d", "0"): 0.5,
    ("S", "C"): 0.4, ("C", "j"): 0.35, ("S", "s"): 0.45, ("n", "N"): 0.3, ("l", "r"): 0.4,
    ("w", "v"): 0.4, ("t", "0"): 0.5, ("j", "z"): 0.5, ("w", "r"): 0.5, ("z", "0"): 0.5,
    ("p", "t"): 0.6, ("t", "k"): 0.6, ("p", "k"): 0.6, ("Y", "a"): 0.5, ("w", "a"): 0.6,
}  # fmt: skip


@lru_cache(maxsize=262_144)
def distance(one: Sound, other: Sound) -> float:
    """How unlike two sounds are: 0 the same, 1 nothing in common; symmetric."""
    if one.is_syllable != other.is_syllable:
        return 1.0
    if not one.is_syllable:
        return 0.0 if one.onset == other.onset else _listed(_ENGLISH, one.onset, other.onset)
    onset = initials_apart(one.onset, other.onset)
    rime = finals_apart(one.rime, other.rime)
    cost = ONSET_SHARE * onset + (1 - ONSET_SHARE) * rime
    if one.tone != other.tone:
        cost += TONE
    elif one.written != other.written:
        cost += SPELLING
    return min(1.0, cost)


def initials_apart(one: str, other: str) -> float:
    """How unlike two initials are, 0 to 1; the empty string is no initial."""
    return 0.0 if one == other else _listed(_INITIALS, one, other)


def finals_apart(one: str, other: str) -> float:
    """How unlike two finals are, 0 to 1, in pypinyin's strict spelling (iou, uei, uen, v)."""
    return 0.0 if one == other else _listed(_FINALS, one, other)


def _listed(table: dict[tuple[str, str], float], one: str, other: str) -> float:
    return table.get((one, other), table.get((other, one), 1.0))
