"""Annoyance: how annoyed a caller sounds in each turn, compared with their own calm, and why.

Signs only, not a diagnosis: a bad line, a noisy street or a lively talker raise them too.
"""

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import log2

from ivr.dialogue.wording import plain
from ivr.ports import Prosody, Utterance

STRONG = 0.7
"""One turn with this estimate makes a caller count as annoyed."""

RISING_TURNS = 3
RISE = 0.05
RISEN = 0.35
"""So do three turns, each `RISE` above the one before, of which the last has this estimate."""

WORTH_TELLING = 0.3
"""From this estimate on the signs of a turn are recorded."""

CALM = 0.1
"""Turns up to this estimate tell how the caller usually sounds; others would hide a slow rise."""

REMEMBERED = 4
"""The usual is a mean in which a new turn weighs at least a quarter."""

_WEIGHTS = {"loudness": 0.35, "rate": 0.3, "pitch": 0.25, "movement": 0.15}
_FROM_TO = {"loudness": (3.0, 8.0), "rate": (1.2, 1.6), "pitch": (2.5, 6.0), "movement": (2.5, 7)}
"""Above the usual: dB, times, semitones, semitones. Below the first no sign, from the second on all
of it: people vary by the first in one calm call."""

_WORDS = (
    (
        0.7,
        re.compile(
            r"投诉|骗子|垃圾|混蛋|他妈|王八|滚蛋|气死|烦死|太过分|什么破|银保监|曝光|起诉|忍无可忍"
            r"|\b(?:complain(?:t|ing)?|ridiculous|useless|unacceptable|scam|lawyer|damn|hell"
            r"|bullshit|fed up|sick of)\b"
        ),
    ),
    (
        0.35,
        re.compile(
            r"说了(?:多少|几|好几|三|两)(?:遍|次)|又是|怎么还|到底|太差|太慢|搞什么|怎么回事|听不懂人话"
            r"|等了(?:半天|好久|很久)|快点|别废话|无语|烦"
            r"|\b(?:again and again|third time|how many times|keep asking|still not|hurry up"
            r"|waste of time|terrible|come on|for god's sake|human being)\b"
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Mood:
    """What a call remembers: the caller's usual way of speaking, the last estimates, the verdict.

    Once annoyed, a caller counts as annoyed for the rest of the call.
    """

    usual: Prosody | None = None
    turns: int = 0
    estimates: tuple[float, ...] = ()
    annoyed: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """One turn: the estimate (0 to 1) and its reasons, the weightiest first."""

    estimate: float
    reasons: tuple[str, ...] = field(default=(), metadata={"private": True})


def read(mood: Mood, utterance: Utterance) -> tuple[Mood, Reading]:
    """Judge a turn by what came before it. The first turn is judged by its words alone."""
    signs = _word_signs(utterance.text)
    if mood.usual is not None and utterance.prosody is not None:
        signs += _sound_signs(mood.usual, utterance.prosody)
    estimate = round(min(1.0, sum(weight for weight, _ in signs)), 2)
    estimates = (*mood.estimates, estimate)[-RISING_TURNS:]
    annoyed = mood.annoyed or estimate >= STRONG or _rising(estimates)
    reasons = tuple(why for _, why in sorted(signs, reverse=True))
    known = replace(mood, estimates=estimates, annoyed=annoyed)
    if utterance.prosody is not None and estimate <= CALM:
        known = replace(known, usual=_usual(mood, utterance.prosody), turns=mood.turns + 1)
    return known, Reading(estimate, reasons)


def _rising(estimates: tuple[float, ...]) -> bool:
    if len(estimates) < RISING_TURNS or estimates[-1] < RISEN:
        return False
    return all(later >= earlier + RISE for earlier, later in pairwise(estimates))


def _word_signs(text: str) -> list[tuple[float, str]]:
    """At most one sign of each weight, so that a repeated word counts once."""
    heard = plain(text)
    found = ((weight, pattern.search(heard)) for weight, pattern in _WORDS)
    return [(weight, f'said "{match[0]}"') for weight, match in found if match]


def _sound_signs(usual: Prosody, now: Prosody) -> list[tuple[float, str]]:
    louder = now.loudness - usual.loudness
    faster = now.rate / usual.rate if usual.rate and now.rate else 1.0
    higher = _semitones(now.pitch, usual.pitch)
    livelier = now.movement - usual.movement if usual.movement and now.movement else 0.0
    told = {
        "loudness": (louder, f"{louder:.0f} dB louder than usual"),
        "rate": (faster, f"{100 * (faster - 1):.0f} % faster than usual"),
        "pitch": (higher, f"{higher:.1f} semitones higher than usual"),
        "movement": (livelier, f"pitch moves {livelier:.1f} semitones more than usual"),
    }
    weighed = ((_WEIGHTS[sign] * _share(sign, by), why) for sign, (by, why) in told.items())
    return [(weight, why) for weight, why in weighed if weight > 0]


def _share(sign: str, by: float) -> float:
    least, full = _FROM_TO[sign]
    return min(1.0, max(0.0, (by - least) / (full - least)))


def _semitones(now: float, usual: float) -> float:
    return 12 * (log2(now) - log2(usual)) if now > 0 and usual > 0 else 0.0


def _usual(mood: Mood, now: Prosody) -> Prosody:
    """The mean of the calm turns, the latest weighing more; what was not measured is left out."""
    if mood.usual is None:
        return now
    share = 1 / min(mood.turns + 1, REMEMBERED)

    def mean(old: float, new: float) -> float:
        return round(old + (new - old) * share, 2) if old and new else old or new

    old = mood.usual
    return Prosody(
        mean(old.loudness, now.loudness),
        mean(old.pitch, now.pitch),
        mean(old.movement, now.movement),
        mean(old.rate, now.rate),
    )
