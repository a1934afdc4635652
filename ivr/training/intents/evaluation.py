"""Evaluation: how many sentences a scorer reads rightly, what it refuses, and how long it takes."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ivr.dialogue.intents.reading import IntentReading
from ivr.training.intents.examples import Example

Reader = Callable[[str], IntentReading]


@dataclass(frozen=True, slots=True)
class Result:
    """Shares are 0 to 1.

    `accuracy` is over all sentences, foreign ones right if refused. `in_scope` is over ours only,
    a refusal being wrong; `closed` the same had nothing been refused. `refused` is the share of
    foreign sentences refused (out-of-scope recall), None without any.
    """

    sentences: int
    accuracy: float
    in_scope: float
    closed: float
    refused: float | None
    microseconds: float


def evaluate(read: Reader, examples: Sequence[Example]) -> Result:
    """Read every sentence once, one at a time, as the hotline would."""
    began = time.perf_counter()
    readings = [read(one.text) for one in examples]
    seconds = time.perf_counter() - began
    pairs = list(zip(examples, readings, strict=True))
    ours = [(one, reading) for one, reading in pairs if one.is_ours]
    foreign = [reading for one, reading in pairs if not one.is_ours]
    right = sum(one.intent == reading.name for one, reading in ours)
    closed = sum(bool(r.guesses) and one.intent == r.guesses[0].name for one, r in ours)
    refused = sum(not reading.name for reading in foreign)
    return Result(
        sentences=len(pairs),
        accuracy=(right + refused) / max(1, len(pairs)),
        in_scope=right / max(1, len(ours)),
        closed=closed / max(1, len(ours)),
        refused=refused / len(foreign) if foreign else None,
        microseconds=1e6 * seconds / max(1, len(pairs)),
    )


def confusions(
    read: Reader, examples: Sequence[Example], most: int = 10
) -> list[tuple[str, str, int]]:
    """The commonest mistakes as (meant, understood, how often)."""
    counts: dict[tuple[str, str], int] = {}
    for one in examples:
        name = read(one.text).name
        if name != one.intent:
            counts[one.intent, name] = counts.get((one.intent, name), 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(meant, name, count) for (meant, name), count in ordered[:most]]
