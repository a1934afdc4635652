"""Clauses: where a sentence that asks for several things may be cut."""

import re

MAX_CLAUSES = 4

LEAST_HANZI = 2
LEAST_WORDS = 2
"""A shorter piece belongs to its neighbour."""

_CUT = re.compile(
    r"[,;.!?，。；！？、]+|"
    r"(?:然后|另外|还有就是|还有|顺便|并且|而且|以及|再帮我|再给我|同时|接着|完了再|对了"
    r"|还\s*想|还\s*要(?=\s*[查办转挂问改开])|再(?=\s*[查办转挂问改开看])|先(?=.+再\s*[查办转挂问改开看]))|"
    r"\b(?:and also|and then|and|also|as well as|then|plus|by the way|besides)\b",
    re.IGNORECASE,
)
_HANZI = re.compile(r"[\u3400-\u9fff]")


def clauses(text: str) -> list[str]:
    """The pieces of a sentence between signs and words that join two wishes.

    A recogniser writes no commas, so the joining words matter most. The pieces may turn out to
    be one wish only: that is for the scorer to judge.
    """
    pieces = [piece.strip() for piece in _CUT.split(text)]
    return [piece for piece in pieces if _is_long_enough(piece)][:MAX_CLAUSES]


def _is_long_enough(piece: str) -> bool:
    return len(_HANZI.findall(piece)) >= LEAST_HANZI or len(piece.split()) >= LEAST_WORDS
