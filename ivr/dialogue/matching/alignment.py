"""Alignment: the cheapest way to turn one sequence of sounds into another, and its cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from ivr.dialogue.matching.confusions import distance
from ivr.dialogue.matching.sounds import Sound

GAP = 0.8
"""What a syllable too many or too few costs, beside 1 for a wrong one."""

FILLER_GAP = 0.25
"""The same for syllables that people add without meaning anything by them."""

FILLERS = frozenset("的了啊呢吧吗嘛呀哦嗯呃下那这就")

Pair = tuple[Sound | None, Sound | None]


@dataclass(frozen=True, slots=True)
class Alignment:
    """`pairs` in order, None where one side has no sound; `cost` in syllables."""

    cost: float
    pairs: tuple[Pair, ...]


def gap(sound: Sound) -> float:
    """What leaving this sound out, or putting it in, costs."""
    return (FILLER_GAP if sound.written in FILLERS else GAP) * sound.weight


def replacing(one: Sound, other: Sound) -> float:
    """What hearing one sound as the other costs."""
    return distance(one, other) * max(one.weight, other.weight)


def cost(said: Sequence[Sound], phrase: Sequence[Sound], *, free_ends: bool = False) -> float:
    """The cost of the cheapest alignment; with `free_ends` the phrase may stand anywhere in it."""
    row = [0.0]
    for one in phrase:
        row.append(row[-1] + gap(one))
    gaps = [gap(one) for one in phrase]
    best = row[-1]
    for heard in said:
        extra = gap(heard)
        diagonal, row[0] = row[0], 0.0 if free_ends else row[0] + extra
        for at, wanted in enumerate(phrase):
            least = min(
                diagonal + replacing(heard, wanted), row[at] + gaps[at], row[at + 1] + extra
            )
            diagonal, row[at + 1] = row[at + 1], least
        best = min(best, row[-1])
    return best if free_ends else row[-1]


def align(said: Sequence[Sound], phrase: Sequence[Sound]) -> Alignment:
    """The cheapest alignment of all of `said` with all of `phrase`, sound by sound."""
    table = [[0.0] * (len(phrase) + 1) for _ in range(len(said) + 1)]
    for at, one in enumerate(phrase):
        table[0][at + 1] = table[0][at] + gap(one)
    for i, heard in enumerate(said):
        table[i + 1][0] = table[i][0] + gap(heard)
        for j, wanted in enumerate(phrase):
            table[i + 1][j + 1] = min(
                table[i][j] + replacing(heard, wanted),
                table[i + 1][j] + gap(wanted),
                table[i][j + 1] + gap(heard),
            )
    return Alignment(table[-1][-1], _way_back(table, said, phrase))


def _way_back(
    table: list[list[float]], said: Sequence[Sound], phrase: Sequence[Sound]
) -> tuple[Pair, ...]:
    pairs: list[Pair] = []
    i, j = len(said), len(phrase)
    while i or j:
        here = table[i][j]
        if i and j and here == table[i - 1][j - 1] + replacing(said[i - 1], phrase[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((said[i], phrase[j]))
        elif j and here == table[i][j - 1] + gap(phrase[j - 1]):
            j -= 1
            pairs.append((None, phrase[j]))
        else:
            i -= 1
            pairs.append((said[i], None))
    return tuple(reversed(pairs))
