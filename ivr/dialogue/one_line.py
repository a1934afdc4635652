"""What is said piece by piece, as the one line that people read."""

import re
from collections.abc import Iterable

_WORD_END = re.compile(r"[A-Za-z0-9.,!?]$")
_WORD_BEGIN = re.compile(r"[A-Za-z0-9]")


def in_one_line(pieces: Iterable[str]) -> str:
    """The pieces after each other; between pieces of English is a blank."""
    line = ""
    for piece in pieces:
        line += f" {piece}" if _WORD_END.search(line) and _WORD_BEGIN.match(piece) else piece
    return line
