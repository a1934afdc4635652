"""One door for every kind of spoken value, and the choice among what the recogniser heard."""

from collections.abc import Sequence
from datetime import date

from ivr.dialogue.values import (
    amount_en,
    amount_zh,
    date_en,
    date_zh,
    letters,
    percent,
    strings,
    time_en,
    time_zh,
    yes_no,
)
from ivr.dialogue.values.days import Days, Grain
from ivr.dialogue.values.model import Partial, Result, Value

STRINGS = ("digits", "id_number", "card_number", "phone")
KINDS = (*STRINGS, "amount", "percent", "date", "span", "time", "yes_no", "plate", "letters")
"""Every kind that `parse` knows."""

MAX_ALTERNATIVES = 20


def parse(
    kind: str,
    text: str,
    language: str,
    *,
    today: date | None = None,
    length: tuple[int, int] | None = None,
    alternatives: Sequence[str] = (),
    held: Partial | None = None,
) -> Result:
    """The value of this kind in what the caller said, in "zh" or "en" (the default).

    `today` is needed for "date" and "span". `length` (least, most digits) is for "digits".
    `alternatives` are the recogniser's further guesses, the best first: the first one that is
    whole wins, so a check digit chooses among them. `held` is the part heard in turns before.

    None: there is no such value in the text. Raises ValueError for an unknown kind, or a missing
    `today`. Any text is taken; only its first `text.MAX_TEXT` characters are read.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of spoken value named {kind!r}; there are {', '.join(KINDS)}")
    best: Result = None
    before = held.heard if held and held.missing > 0 and held.kind == kind else ""
    for guess in (text, *alternatives[:MAX_ALTERNATIVES]):
        found = _parse(kind, guess, language, today, length, before)
        if isinstance(found, Value):
            return found
        if best is None or (isinstance(found, Partial) and _nearer(found, best)):
            best = found
    return best


def _nearer(found: Partial, best: Result) -> bool:
    return isinstance(best, Partial) and abs(found.missing) < abs(best.missing)


def _parse(
    kind: str,
    text: str,
    language: str,
    today: date | None,
    length: tuple[int, int] | None,
    held: str,
) -> Result:
    mandarin = language == "zh"
    if kind in STRINGS:
        return strings.parse(kind, text, language, length=length, today=today, held=held)
    if kind in ("plate", "letters"):
        return letters.parse(kind, held + text, language)
    if kind == "amount":
        return amount_zh.parse(text) if mandarin else amount_en.parse(text)
    if kind == "time":
        return time_zh.parse(text) if mandarin else time_en.parse(text)
    if kind == "percent":
        return percent.parse(text, language)
    if kind == "yes_no":
        return yes_no.parse(text, language)
    if today is None:
        raise ValueError(f"a {kind} needs today's date")
    found = date_zh.find(text, today) if mandarin else date_en.find(text, today)
    return _dated(kind, found) if found else None


def _dated(kind: str, found: Days) -> Result:
    if kind == "span":
        normal = f"{found.first}/{found.last}"
        return Value("span", normal, found.start, found.end)
    if found.grain is Grain.DAY:
        return Value("date", str(found.first), found.start, found.end)
    heard = f"{found.first:%Y-%m}" if found.grain is Grain.MONTH else ""
    return Partial("date", heard, 0, "day", found.start, found.end)
