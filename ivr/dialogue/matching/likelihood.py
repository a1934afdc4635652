"""Likelihood: how alike the candidates sound -> how probably each was said, and none of them.

One soft maximum over the candidates and "none of these"; its constants were fitted by
`python -m ivr.training.sound_likelihood` to simulated recogniser errors and unrelated sentences.
"""

import math
from collections.abc import Sequence

Constants = tuple[float, float, float]
"""Offset, slope by likeness, slope by length in syllables."""

MANDARIN: Constants = (-18.42, 25.20, 0.11)
ENGLISH: Constants = (-20.18, 27.03, -0.18)

MOST_SYLLABLES = 7.0
"""Beyond this a longer phrase says no more for itself."""

NOTHING = 0.3
"""Likenesses below this count as impossible."""


def evidence(likeness: float, weight: float, constants: Constants) -> float:
    """Log odds of "this phrase was said" against "none of these", for one phrase alone.

    `likeness` is 0 to 1, `weight` the phrase's length in syllables.
    """
    offset, by_likeness, by_length = constants
    return offset + by_likeness * likeness + by_length * min(weight, MOST_SYLLABLES)


def probabilities(log_odds: Sequence[float]) -> list[float]:
    """Probability of each candidate; what is missing to 1 is that of none of them."""
    top = max([0.0, *log_odds])
    shares = [math.exp(one - top) for one in log_odds]
    total = math.exp(-top) + sum(shares)
    return [share / total for share in shares]
