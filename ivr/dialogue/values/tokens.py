"""Digit strings from tokens: runs, pauses and the caller's own corrections put together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

MAX_DIGITS = 40
"""More than any number a caller can be asked for; what follows is dropped."""


class Sort(Enum):
    DIGITS = auto()
    NOISE = auto()
    """Talk that belongs to saying a number: "尾号是", "um"."""
    STRANGE = auto()
    """Other words: they end a number."""
    PAUSE = auto()
    CORRECT = auto()
    NOT = auto()
    """"不是": what follows is wrong, or is the correction itself."""
    IS = auto()
    RESTART = auto()
    LAST = auto()
    """"最后两位": `text` is how many digits at the end."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the utterance; `gap` tells that a blank or pause stood before it."""

    sort: Sort
    text: str
    start: int
    end: int
    gap: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Digits said in one go, in the order meant, with their place in the utterance."""

    digits: str
    start: int
    end: int


_YES = frozenset({"对", "对对", "没错", "是的", "yes", "yeah"})

Fits = Callable[[str], bool]


def _anything(digits: str) -> bool:
    return True


def runs(tokens: list[Token], fits: Fits = _anything) -> list[Run]:
    """All numbers in the tokens; `fits` tells a whole number, to judge how a correction is meant.

    A correction takes the same number of digits away at the end ("...六三, 不对, 六二").
    """
    found: list[Run] = []
    segments = list(_segments(tokens))
    for how, segment in segments:
        own = list(_split(segment))
        if how.sort is Sort.RESTART:
            found.clear()
        elif how.sort in (Sort.CORRECT, Sort.NOT):
            if not own:
                continue
            first, before = own[0], found.pop() if found else None
            digits = _amended(how, segment, first.digits, before.digits if before else "", fits)
            start = before.start if before else first.start
            own[0] = Run(digits[:MAX_DIGITS], start, first.end)
        found.extend(own)
    if segments and segments[-1][0].sort is Sort.CORRECT and not _digits(segments[-1][1]):
        return []
    return found


def _segments(tokens: list[Token]) -> Iterator[tuple[Token, list[Token]]]:
    """The tokens between corrections, each with the correction that opens it."""
    how = Token(Sort.NOISE, "", 0, 0)
    segment: list[Token] = []
    for token in tokens:
        if token.sort in (Sort.CORRECT, Sort.NOT, Sort.RESTART):
            if segment or how.sort is not Sort.NOISE:
                if _digits(segment) or how.sort is Sort.NOISE:
                    yield how, segment
                    how = token
                elif token.sort is Sort.RESTART:
                    how = token
            else:
                how = token
            segment = []
        else:
            segment.append(token)
    yield how, segment


def _digits(segment: list[Token]) -> str:
    return "".join(token.text for token in segment if token.sort is Sort.DIGITS)


def _split(segment: list[Token]) -> Iterator[Run]:
    """Runs of digits between strange words."""
    digits, start, end, mark = "", 0, 0, 0
    for token in segment:
        if token.sort is Sort.NOISE and token.text in _YES:
            mark = len(digits)
        if token.sort is Sort.DIGITS:
            start = start if digits else token.start
            digits, end = digits + token.text, token.end
        elif token.sort is Sort.STRANGE and digits:
            yield Run(digits[:MAX_DIGITS], start, end)
            digits = ""
    if mark and digits[:mark] == digits[mark:]:
        digits = digits[:mark]  # said, agreed to, and said again
    if digits:
        yield Run(digits[:MAX_DIGITS], start, end)


def _amended(how: Token, segment: list[Token], said: str, before: str, fits: Fits) -> str:
    """`before` as the caller wants it after a correction."""
    if how.sort is Sort.NOT:
        wrong, right = _wrong_and_right(segment, before)
        if wrong and right:
            if not before:
                return right
            at = before.rfind(wrong)
            if at >= 0:
                return before[:at] + right + before[at + len(wrong) :]
            said = right
    for token in segment:
        if token.sort is Sort.LAST:
            count = int(token.text)
            if len(said) <= count <= len(before) or count == len(said):
                return before[: max(0, len(before) - count)] + said
    ways = list(_ways(before, said, _first_group(segment)))
    return next((way for way in ways if fits(way)), ways[0])


def _wrong_and_right(segment: list[Token], before: str) -> tuple[str, str]:
    """The two sides of "不是六二是六三"."""
    for at, token in enumerate(segment):
        if token.sort is Sort.IS and _digits(segment[:at]) and _digits(segment[at:]):
            return _digits(segment[:at]), _digits(segment[at:])
    said = _digits(segment)
    half = len(said) // 2
    alike = sum(a == b for a, b in zip(said[:half], said[half:], strict=False))
    if not before and half and len(said) == 2 * half and 0 < alike < half:
        return said[:half], said[half:]
    return "", ""


def _first_group(segment: list[Token]) -> int:
    """Digits before the first pause, where pauses tell groups apart; else all of them."""
    sizes = [0]
    for token in segment:
        if token.gap and sizes[-1]:
            sizes.append(0)
        if token.sort is Sort.DIGITS:
            sizes[-1] += len(token.text)
    return sizes[0] if max(sizes) > 1 else sum(sizes)


def _ways(before: str, said: str, group: int) -> Iterator[str]:
    """Ways a correction can be meant, the likeliest first."""
    if group < len(said) and group <= len(before):
        yield before[: len(before) - group] + said
    if len(said) >= len(before):
        yield said
    for count in range(min(len(before), len(said)), 0, -1):
        yield before[: len(before) - count] + said
    yield said
