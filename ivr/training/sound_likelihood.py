"""Fits the constants of `ivr.dialogue.matching.likelihood` to simulated recogniser errors.

Run it with `python -m ivr.training.sound_likelihood`; it prints the constants and how well
calibrated they are on cases it was not fitted to.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from ivr.dialogue.matching import SoundMatcher
from ivr.dialogue.matching.likelihood import MOST_SYLLABLES, Constants, evidence, probabilities
from ivr.training.mishearing import mishear, mishear_english

MENU_SIZE = 25
RATES = (0.0, 0.1, 0.2, 0.3, 0.4)
MEANT = 0.6
"""The share of callers who say something that the menu offers."""


@dataclass(frozen=True, slots=True)
class Case:
    """What one utterance looked like to a menu; `right` is the place of what was meant, or -1."""

    likenesses: tuple[float, ...]
    weights: tuple[float, ...]
    right: int


def cases(count: int, seed: int, language: str = "zh") -> list[Case]:
    """Utterances before random menus of the hotline's words: meant, misheard, or something else."""
    chance = random.Random(seed)
    words = _words(f"hotline_{language}.txt")
    others = _words(f"common_{language}.txt")
    if language == "en":
        words = [" ".join(chance.sample(words, chance.randint(1, 3))) for _ in range(1000)]
    made: list[Case] = []
    while len(made) < count:
        menu = chance.sample(words, MENU_SIZE)
        matcher = SoundMatcher([(word, (word,)) for word in menu])
        for _ in range(20):
            meant = chance.choice(menu) if chance.random() < MEANT else ""
            said = meant or _something_else(words, others, menu, language, chance)
            wrong = mishear if language == "zh" else mishear_english
            made.append(_case(matcher, wrong(said, chance.choice(RATES), chance), meant))
    return made[:count]


def _something_else(
    words: Sequence[str],
    others: Sequence[str],
    menu: Sequence[str],
    language: str,
    chance: random.Random,
) -> str:
    """A phrase of another menu, or common words in a row."""
    if chance.random() < 0.3:
        return chance.choice([word for word in words if word not in menu])
    few = chance.sample(others, chance.randint(1, 6))
    return ("" if language == "zh" else " ").join(few)


def _case(matcher: SoundMatcher, heard: str, meant: str) -> Case:
    found = matcher.likenesses(heard)
    names = [entry.name for entry, _ in found]
    return Case(
        tuple(likeness for _, likeness in found),
        tuple(min(entry.weight, MOST_SYLLABLES) for entry, _ in found),
        names.index(meant) if meant in names else -1,
    )


def fit(found: Sequence[Case], rounds: int = 400, rate: float = 0.3) -> Constants:
    """The constants under which these cases are most probable (gradient ascent with momentum)."""
    widest = max(len(case.likenesses) for case in found)
    likeness = np.full((len(found), widest), -10.0)
    weight = np.zeros((len(found), widest))
    target = np.zeros((len(found), widest))
    for row, case in enumerate(found):
        size = len(case.likenesses)
        likeness[row, :size], weight[row, :size] = case.likenesses, case.weights
        if case.right >= 0:
            target[row, case.right] = 1
    constants, pace = np.array([-12.0, 16.0, 0.3]), np.zeros(3)
    for _ in range(rounds * 10):
        odds = constants[0] + constants[1] * likeness + constants[2] * weight
        top = np.maximum(odds.max(axis=1, keepdims=True), 0)
        shares = np.exp(odds - top)
        left = target - shares / (np.exp(-top) + shares.sum(axis=1, keepdims=True))
        slope = np.array([left.sum(), (left * likeness).sum(), (left * weight).sum()])
        pace = 0.9 * pace + rate * slope / len(found)
        constants = constants + pace
    return float(constants[0]), float(constants[1]), float(constants[2])


def reliability(found: Sequence[Case], constants: Constants) -> list[tuple[float, float, int]]:
    """In ten bands of the best probability: its mean, the share that was right, and the count."""
    bands: list[list[tuple[float, bool]]] = [[] for _ in range(10)]
    for case in found:
        odds = [
            evidence(one, weight, constants)
            for one, weight in zip(case.likenesses, case.weights, strict=True)
        ]
        shares = probabilities(odds)
        if shares:
            best = max(range(len(shares)), key=shares.__getitem__)
            bands[min(9, int(shares[best] * 10))].append((shares[best], best == case.right))
    return [
        (sum(p for p, _ in band) / len(band), sum(r for _, r in band) / len(band), len(band))
        for band in bands
        if band
    ]


def _words(name: str) -> list[str]:
    text = files("ivr.training").joinpath("vocabulary", name).read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return [word for line in lines for word in line.split() if len(word) > 1]


def main() -> None:
    """Fit to 6,000 cases a language, then show the calibration on 3,000 others."""
    for language, name in (("zh", "MANDARIN"), ("en", "ENGLISH")):
        constants = fit(cases(6000, 1, language))
        print(f"{name}: Constants = ({', '.join(f'{one:.2f}' for one in constants)})")
        for probability, right, count in reliability(cases(3000, 2, language), constants):
            print(f"said {probability:.2f}  right {right:.2f}  of {count}")


if __name__ == "__main__":
    main()
