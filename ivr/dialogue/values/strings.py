"""Numbers that are strings of digits: plain digits, identity numbers, bank cards, telephones."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ivr.dialogue.values import digits_en, digits_zh
from ivr.dialogue.values.model import Partial, Result, Value
from ivr.dialogue.values.tokens import Run, Sort, Token, runs

ID_LENGTH = 18
CARD_LENGTHS = range(13, 20)
USUAL_CARD_LENGTH = 16
LEAST_START = 2
"""Digits that must be the same for a number to have been begun twice."""

_EARLIEST_BIRTH = 1850
_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_MOBILE = re.compile(r"1[3-9]\d{9}")
_CHINESE = re.compile(
    r"1[3-9]\d{9}|0(?:10|2\d)\d{8}|0[3-9]\d{2}\d{7,8}|[48]00\d{7}|9[56]\d{3,4}|1[01]\d{3}"
    r"|12\d{3}|1[12]\d|[2-8]\d{6,7}"
)
_NANP = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}|[2-9]\d{6}|0\d{9,10}")


def id_check(digits: str) -> str:
    """The 18th sign for 17 digits: ISO 7064 MOD 11-2, as GB 11643-1999 takes it."""
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False))
    return "10X98765432"[total % 11]


def id_problem(text: str, today: date | None = None) -> str:
    """ "" for a valid resident identity number, else "check" or "birth"."""
    try:
        born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return "birth"
    if born.year < _EARLIEST_BIRTH or (today is not None and born > today):
        return "birth"
    return "" if text[:17].isdigit() and id_check(text[:17]) == text[17] else "check"


def luhn(text: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    if not (text.isascii() and text.isdigit()):
        return False
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(text))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What a number must look like."""

    kind: str
    fits: Callable[[str], bool]
    judge: Callable[[Run], Result]


def parse(
    kind: str,
    text: str,
    language: str,
    *,
    length: tuple[int, int] | None = None,
    today: date | None = None,
    held: str = "",
) -> Result:
    """A digits, id_number, card_number or phone value; `held` is what was heard before."""
    shape = _shape(kind, language, length or (0, 0), today)
    tokens = _tokens(text, language, x=kind == "id_number")
    if held:
        tokens = [Token(Sort.DIGITS, held, 0, 0), *tokens]
    found = runs(tokens, shape.fits)
    if not found:
        return None
    whole = Run("".join(run.digits for run in found), found[0].start, found[-1].end)
    candidates = [whole, *found] if held or not shape.fits(found[-1].digits) else found[::-1]
    if held and len(found) == 1:
        fresh = runs(_tokens(text, language, x=kind == "id_number"), shape.fits)
        candidates += [run for run in fresh if shape.fits(run.digits)]
    for run in candidates:
        if shape.fits(run.digits):
            return shape.judge(run)
    again = _begun_again(whole, shape)
    if again:
        return shape.judge(again)
    if held:
        return shape.judge(whole)
    longest = max(found, key=lambda run: len(run.digits))
    if kind == "digits" and length is None and len(longest.digits) == 1 and _talk(tokens):
        return None
    return shape.judge(longest if len(longest.digits) > 1 or len(found) == 1 else whole)


def _begun_again(run: Run, shape: Shape) -> Run | None:
    """The number without a start that was broken off: "一三八, 一三八零零..."."""
    for at in range(LEAST_START, len(run.digits) // 2 + 1):
        start, rest = run.digits[:at], run.digits[at:]
        if rest.startswith(start) and shape.fits(rest):
            return Run(rest, run.start, run.end)
    return None


def _tokens(text: str, language: str, *, x: bool) -> list[Token]:
    return digits_zh.tokens(text, x=x) if language == "zh" else digits_en.tokens(text, x=x)


def _talk(tokens: list[Token]) -> bool:
    """A lone digit in a sentence about something else is no number."""
    strange = sum(len(token.text) for token in tokens if token.sort is Sort.STRANGE)
    return strange > 2


def _shape(kind: str, language: str, length: tuple[int, int], today: date | None) -> Shape:
    if kind == "id_number":
        return Shape(
            kind,
            lambda d: len(d) == ID_LENGTH and not id_problem(d, today),
            lambda run: _identity(run, today),
        )
    if kind == "card_number":
        return Shape(kind, lambda d: len(d) in CARD_LENGTHS and luhn(d), _card)
    if kind == "phone":
        known = _CHINESE if language == "zh" else _NANP
        return Shape(kind, lambda d: _dialled(d, known) != "", lambda run: _phone(run, known))
    return Shape(
        kind,
        lambda d: d.isdigit() and length[0] <= len(d) and len(d) <= (length[1] or len(d)),
        lambda run: _digits(run, *length),
    )


def _digits(run: Run, low: int, high: int) -> Result:
    count = len(run.digits)
    if count < low:
        return Partial("digits", run.digits, low - count, "short", run.start, run.end)
    if high and count > high:
        return Partial("digits", run.digits, high - count, "long", run.start, run.end)
    return Value("digits", run.digits, run.start, run.end)


def _identity(run: Run, today: date | None) -> Result:
    kind, count = "id_number", len(run.digits)
    if "X" in run.digits[:-1] or run.digits == "X":
        return None
    if count != ID_LENGTH:
        problem = "short" if count < ID_LENGTH else "long"
        return Partial(kind, run.digits, ID_LENGTH - count, problem, run.start, run.end)
    problem = id_problem(run.digits, today)
    if problem:
        return Partial(kind, run.digits, 0, problem, run.start, run.end)
    return Value(kind, run.digits, run.start, run.end)


def _card(run: Run) -> Result:
    kind, count = "card_number", len(run.digits)
    if count not in CARD_LENGTHS or (count < USUAL_CARD_LENGTH and not luhn(run.digits)):
        long = count > CARD_LENGTHS[-1]
        missing = (CARD_LENGTHS[-1] if long else USUAL_CARD_LENGTH) - count
        return Partial(kind, run.digits, missing, "long" if long else "short", run.start, run.end)
    if not luhn(run.digits):
        return Partial(kind, run.digits, 0, "check", run.start, run.end)
    return Value(kind, run.digits, run.start, run.end)


def _dialled(digits: str, known: re.Pattern[str]) -> str:
    """As dialled inside the country; "" for no telephone number."""
    for prefix in ("86", "0086"):
        rest = digits.removeprefix(prefix)
        if rest != digits and _MOBILE.fullmatch(rest):
            return rest
    if known.fullmatch(digits) or _MOBILE.fullmatch(digits):
        return digits
    return ""


def _phone(run: Run, known: re.Pattern[str]) -> Result:
    kind, digits = "phone", run.digits
    dialled = _dialled(digits, known)
    if dialled:
        return Value(kind, dialled, run.start, run.end)
    whole = _whole_length(digits, known)
    missing = whole - len(digits)
    if missing == 0:
        return Partial(kind, digits, 0, "check", run.start, run.end)
    return Partial(kind, digits, missing, "short" if missing > 0 else "long", run.start, run.end)


def _whole_length(digits: str, known: re.Pattern[str]) -> int:
    """How long a number that begins so is."""
    if known is _NANP:
        return 7 if len(digits) < 7 else 11 if digits[0] in "01" else 10
    if digits.startswith(("86", "0086")):
        return len("86") + 11 if digits.startswith("86") else len("0086") + 11
    if digits.startswith(("4", "8")):
        return 10 if digits[1:3] == "00" else 8
    if digits.startswith("0"):
        return 11
    return 11 if digits.startswith("1") else 8
