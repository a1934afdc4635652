"""Completion: whether what was heard so far can already be the whole value (endpointing)."""

import re
from collections.abc import Callable
from datetime import date

from ivr.dialogue.grammar import Completion
from ivr.dialogue.values.kinds import parse
from ivr.dialogue.values.model import Partial, Value

_HANGING = {
    "zh": re.compile(
        r"(?:嗯|呃|额|啊|那个|这个|就是|是|我想|我要|我|的|和|跟|到|至|从|不对|不是|错了"
        r"|等一下|重新说|之|点|双|个|第"
        r"|尾号|卡号|号码|大概|差|上|下|…|\.\.\.)$"
    ),
    "en": re.compile(
        r"(?:\b(?:um|uh|er|the|a|and|is|it's|my|i|to|from|of|in|no|sorry|wait|not|point|double"
        r"|triple"
        r"|treble|half past|quarter to|about|last|next|i want|i'd like|let me see)|…|\.\.\.)$"
    ),
}
_WHOLE = {
    "yes_no": ("的", "是", "不是", "不对", "错了", "no", "not"),
    "time": ("点",),
}
"""What hangs in other kinds is an answer in these."""

_CLOSED_ZH = {
    "amount": re.compile(r"(?:元|块钱|整|分|分钱|币|元|美金|英镑|刀)$"),
    "date": re.compile(r"(?:号|日|天|底|末|初|[周期拜][一二三四五六日天])$"),
    "time": re.compile(r"(?:半|刻|分|整|点钟)$"),
    "percent": re.compile(r"(?:折|百|%|百分点|对折|半价|一半)$"),
    "span": re.compile(r"(?:到|至).+(?:号|日|底|月|现在|今天)$"),
    "yes_no": re.compile(r"..$"),
}
_CLOSED_EN = {
    "amount": re.compile(r"(?:cents?|pence|yuan|rmb|euros|yen|quid|bucks)$"),
    "date": re.compile(r"(?:day|tomorrow|month|year|ago|\d{4})$"),
    "time": re.compile(r"(?:am|pm|a m|p m|morning|afternoon|evening|night|noon|midnight)$"),
    "percent": re.compile(r"(?:percent|cent|%|points)$"),
    "span": re.compile(r"\b(?:to|through|and)\b.+$"),
    "yes_no": re.compile(r".$"),
}
_GOES_ON = "62"
"""UnionPay numbers: 16 digits that check out may be the beginning of 19."""

_LONGEST_CARD = 19


def completion(
    kind: str,
    text: str,
    language: str,
    *,
    today: date | None = None,
    length: tuple[int, int] | None = None,
    held: Partial | None = None,
) -> Completion:
    """How far a value of this kind has come in the text heard so far.

    A full identity number is complete; four of six digits, or "我想", is incomplete. Arguments and
    errors as for `ivr.dialogue.values.parse`.
    """
    bare = text.strip().lower() if language != "zh" else "".join(text.split())
    found = parse(kind, text, language, today=today or date(2000, 1, 1), length=length, held=held)
    if found is None:
        return Completion.INCOMPLETE
    hanging = _HANGING["zh" if language == "zh" else "en"].search(bare)
    if hanging and hanging[0] not in _WHOLE.get(kind, ()):
        return Completion.INCOMPLETE
    if isinstance(found, Partial):
        if kind == "card_number" and found.problem == "check" and len(found.heard) < _LONGEST_CARD:
            return Completion.EXTENDABLE  # the check digit of a longer number may be to come
        over = found.problem in ("long", "check", "birth") and found.missing <= 0
        return Completion.COMPLETE if over else Completion.INCOMPLETE
    by_length = _BY_LENGTH.get(kind)
    if by_length:
        closed = by_length(found, length)
    else:
        patterns = _CLOSED_ZH if language == "zh" else _CLOSED_EN
        closed = kind in patterns and bool(patterns[kind].search(bare))
    return Completion.COMPLETE if closed else Completion.EXTENDABLE


def _digits(value: Value, length: tuple[int, int] | None) -> bool:
    return length is not None and len(value.normal) >= length[1]


def _card(value: Value, length: tuple[int, int] | None) -> bool:
    count = len(value.normal)
    return count == _LONGEST_CARD or (count >= 16 and not value.normal.startswith(_GOES_ON))


def _phone(value: Value, length: tuple[int, int] | None) -> bool:
    count = len(value.normal)
    return count >= 11 or (count == 10 and value.normal.startswith(("400", "800")))


def _plate(value: Value, length: tuple[int, int] | None) -> bool:
    """Plates of new energy vehicles go on for one sign after a D or an F in third place."""
    return len(value.normal) == 8 or (len(value.normal) == 7 and value.normal[2] not in "DF")


_BY_LENGTH: dict[str, Callable[[Value, tuple[int, int] | None], bool]] = {
    "digits": _digits,
    "id_number": lambda value, length: True,
    "card_number": _card,
    "phone": _phone,
    "plate": _plate,
    "letters": lambda value, length: False,
}
