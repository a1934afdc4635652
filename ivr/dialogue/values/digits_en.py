"""English digit strings: heard text -> tokens for `ivr.dialogue.values.tokens`."""

import re

from ivr.dialogue.values.corrections import marker_en
from ivr.dialogue.values.text import Word, english_words, listed
from ivr.dialogue.values.tokens import Sort, Token

DIGIT = {
    "zero": "0", "oh": "0", "o": "0", "nought": "0", "naught": "0", "aught": "0", "nil": "0",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "niner": "9", "fife": "5", "tree": "3",
}  # fmt: skip
_SOUNDS = {"for": "4", "to": "2", "too": "2", "ate": "8", "won": "1"}
"""Homophones: digits only between digits."""

TEENS = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19",
}  # fmt: skip
TENS = {
    "twenty": "2", "thirty": "3", "forty": "4", "fourty": "4", "fifty": "5", "sixty": "6",
    "seventy": "7", "eighty": "8", "ninety": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4, "quad": 4}
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_PLURALS = {
    **{word + "s": digit for word, digit in DIGIT.items()},
    "zeroes": "0", "sixes": "6", "oh's": "0",
}  # fmt: skip

_NOISE = frozenset(
    listed(
        "it's its it is i'm my the a an card account number numbers pin code last first digit"
        " digits final four's ends ending end in with at and then um uh er erm well so okay ok"
        " yes yeah hi"
        " hello hey please thanks thank you phone mobile cell telephone verification passcode"
        " password that's that this id area extension ext plus dash hyphen space like say let's see"
        " starts starting begins followed by just be would should me let check i'd want"
    )
)
_LAST = re.compile(r"last|final")


def tokens(text: str, *, x: bool = False) -> list[Token]:
    """Tokens with offsets into `text`; with `x` the last sign of an identity number counts."""
    words = english_words(text)
    found: list[Token] = []
    at = 0
    while at < len(words):
        token, count = _next(words, at, found, x)
        found.append(token)
        at += count
    return found


def _next(words: list[Word], at: int, found: list[Token], x: bool) -> tuple[Token, int]:
    word = words[at]
    gap = bool(found) and found[-1].sort is Sort.PAUSE
    digits, count = digits_at(words, at)
    if x and not digits and word.text in ("x", "ex"):
        digits, count = "X", 1
    if digits:
        return Token(Sort.DIGITS, digits, word.start, words[at + count - 1].end, gap), count
    how, count = marker_en(words, at)
    if how:
        sort = {"restart": Sort.RESTART, "not": Sort.NOT, "correct": Sort.CORRECT}[how]
        return Token(sort, word.text, word.start, words[at + count - 1].end, gap), count
    last = _last(words, at)
    if last:
        return Token(Sort.LAST, str(last[0]), word.start, word.end, gap), last[1]
    return Token(_sort(words, at, found), word.text, word.start, word.end, gap), 1


def _sort(words: list[Word], at: int, found: list[Token]) -> Sort:
    word = words[at].text
    if word in (",", "...", ";", "+"):
        return Sort.PAUSE
    if word in ("but", "is", "it's", "its") and _digit_follows(words, at):
        return Sort.IS
    return Sort.NOISE if word in _NOISE else Sort.STRANGE


def _digit_follows(words: list[Word], at: int) -> bool:
    return at + 1 < len(words) and bool(digits_at(words, at + 1)[0])


def _last(words: list[Word], at: int) -> tuple[int, int] | None:
    """ "last one is", "last four digits are": how many digits, and how many words say so."""
    if not _LAST.fullmatch(words[at].text) or at + 1 >= len(words):
        return None
    count = words[at + 1].text
    if count in ("digit", "number"):
        return 1, 2
    if count in DIGIT:
        number = int(DIGIT[count])
        follows = words[at + 2].text if at + 2 < len(words) else ""
        if follows in ("digit", "digits", "numbers", "is", "are") or count == "four":
            return number, 3 if follows in ("digit", "digits", "numbers", "is", "are") else 2
    return None


def digits_at(words: list[Word], at: int) -> tuple[str, int]:
    """The digits that start at a word, and of how many words they consist."""
    word = words[at].text
    after = words[at + 1].text if at + 1 < len(words) else ""
    if word in _TIMES:
        digit = DIGIT.get(after, after if len(after) == 1 and after.isdigit() else "")
        return (digit * _TIMES[word], 2) if digit else ("", 1)
    if word in _COUNTS and after in _PLURALS:
        return _PLURALS[after] * _COUNTS[word], 2
    if word in _SOUNDS:
        known = at > 0 and after in DIGIT and words[at - 1].text in DIGIT
        return (_SOUNDS[word], 1) if known else ("", 1)
    if word == "one" and after in ("is", "question", "of", "more", "moment", "second"):
        return "", 1
    if word == "one" and at and words[at - 1].text in ("no", "this", "that", "another", "which"):
        follows = at + 1 < len(words) and words[at + 1].text in DIGIT
        return ("1", 1) if follows else ("", 1)
    return _plain(word, words, at, after)


def _after_and(words: list[Word], at: int) -> tuple[str, int]:
    """ "and five" of "one hundred and five"."""
    if at + 1 >= len(words) or words[at].text != "and":
        return "", 0
    word = words[at + 1].text
    after = words[at + 2].text if at + 2 < len(words) else ""
    if word in TENS:
        return TENS[word] + (DIGIT.get(after, "0")), 3 if after in DIGIT else 2
    small = TEENS.get(word) or DIGIT.get(word, "")
    return (small, 2) if small else ("", 0)


def _plain(word: str, words: list[Word], at: int, after: str) -> tuple[str, int]:
    base, count = "", 1
    if word in TENS:
        small = DIGIT.get(after, "") if after not in ("oh", "o", "zero") else ""
        base, count = TENS[word] + (small or "0"), 2 if small else 1
    elif word in TEENS or word in DIGIT:
        base = TEENS.get(word) or DIGIT[word]
    elif word.isascii() and word.isdigit():
        base = word
    if not base or at + count >= len(words):
        return base, count
    if words[at + count].text == "hundred" and len(base) <= 2 and base[0] != "0":
        rest, more = _after_and(words, at + count + 1)
        if more:
            return str(int(base) * 100 + int(rest)), count + 1 + more
    scale = {"hundred": "00", "thousand": "000"}.get(words[at + count].text)
    return (base + scale, count + 1) if scale and base[0] != "0" else (base, count)
