"""Alternatives: the further guesses of a turn that came in several parts, the likeliest first."""

from collections.abc import Sequence

MAX_ALTERNATIVES = 10
"""Guesses that the engine makes for each part, and that are kept of the whole."""


def joined(parts: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The parts' guesses put together, at most `MAX_ALTERNATIVES`; each list is best first.

    Those that take the best guess of most parts come first: a guess costs its rank in its part.
    """
    found = [(0, "")]
    for guesses in parts:
        longer = [
            (cost + rank, f"{text} {guess}".strip())
            for cost, text in found
            for rank, guess in enumerate(guesses or ("",))
        ]
        found = sorted(longer, key=lambda one: one[0])[:MAX_ALTERNATIVES]
    return tuple(dict.fromkeys(text for _, text in found if text))
