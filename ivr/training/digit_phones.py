"""English digits as whole words: each of the ten has phones of its own, shared with no other word.

People say the ten digits far more often to a telephone than anything else, and with a dozen
accents; phones of their own let the network learn each digit as it is said, and let its score be
set apart from that of other English.
"""

from collections.abc import Sequence

Pronunciation = tuple[str, ...]
Span = tuple[str, float]
"""A phone and when it starts, in seconds."""

_STATES = {
    "zero": ("Z", "IH IY", "R", "OW1", "OW2"),
    "one": ("W", "AH AA", "N"),
    "two": ("T", "UW"),
    "three": ("TH S", "R", "IY"),
    "four": ("F", "AO", "R"),
    "five": ("F", "AY1", "AY2", "V"),
    "six": ("S", "IH", "K", "S"),
    "seven": ("S", "EH", "V", "AX", "N"),
    "eight": ("EY1", "EY2", "T"),
    "nine": ("N", "AY1", "AY2", "N"),
}
"""Which sounds of the ordinary pronunciations each phone of a digit stands for."""

_JOINED = frozenset({("zero", "AX")})
"""Sounds that belong to the phone before them ("zee-a-ro")."""

DIGITS = tuple(_STATES)
DIGIT_PHONES = tuple(
    f"en:{word}.{number}"
    for word, states in _STATES.items()
    for number in range(1, len(states) + 1)
)


def as_digit(word: str, pronunciation: Sequence[str]) -> Pronunciation:
    """One way to say a digit, in the digit's own phones.

    Raises:
        ValueError: if the digit is not said like this, or is no digit.
    """
    numbers = states_of(word, pronunciation)
    return tuple(f"en:{word}.{number}" for number in dict.fromkeys(numbers))


def with_digits(words: Sequence[str], spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same phone times, with the ordinary phones of each digit among `words` made its own.

    Raises:
        ValueError: if a digit is not found among the phones, in its order.
    """
    places = [place for place, (phone, _) in enumerate(spans) if phone.startswith("en:")]
    named = list(spans)
    first = 0
    for word in words:
        if word not in _STATES:
            continue
        first, numbers = _found(word, [spans[place][0] for place in places], first)
        for number in numbers:
            place = places[first]
            named[place] = (f"en:{word}.{number}", spans[place][1])
            first += 1
    return tuple(named)


def _found(word: str, phones: Sequence[str], first: int) -> tuple[int, list[int]]:
    """Where the digit is said next, and the numbers of its phones there."""
    for start in range(first, len(phones)):
        for length in range(len(_STATES[word]) + 1, len(_STATES[word]) - 2, -1):
            try:
                numbers = states_of(word, phones[start : start + length])
            except ValueError:
                continue
            if len(numbers) == length and numbers[-1] >= max(2, len(_STATES[word]) - 1):
                return start, numbers
    raise ValueError(f"{word!r} is not among {' '.join(phones)}")


def states_of(word: str, pronunciation: Sequence[str]) -> list[int]:
    """For each phone of the ordinary pronunciation, the number of the digit's phone, from 1."""
    states = _STATES.get(word, ())
    numbers: list[int] = []
    for phone in pronunciation:
        sound = phone.removeprefix("en:")
        if (word, sound) in _JOINED and numbers:
            numbers.append(numbers[-1])
            continue
        place = numbers[-1] if numbers else 0
        if place >= len(states) or sound not in states[place].split():
            raise ValueError(f"{word!r} is not said as {' '.join(pronunciation)}")
        numbers.append(place + 1)
    return numbers
