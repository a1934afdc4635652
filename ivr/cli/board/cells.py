"""Text in terminal cells: cut, padded and wrapped by how wide it is drawn (CJK is two cells)."""

import re
from dataclasses import dataclass

from rich.cells import cell_len

ELLIPSIS = "…"
SHORT_ID = 8
_OF_ASTERISK = re.compile(r"\d+\.\d+")


@dataclass(frozen=True, slots=True)
class Cell:
    """A text and its tone: "", "dim", "strong", "good", "warn" or "bad"."""

    text: str
    tone: str = ""


def clean(text: str) -> str:
    """One line of printable characters: what a terminal would obey is left out."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def fitted(text: str, width: int, right: bool = False, middle: bool = False) -> str:
    """Exactly `width` cells of text: padded, or cut with an ellipsis, `middle` says where."""
    text = clean(text)
    size = cell_len(text)
    if size > width:
        text = cut_middle(text, width) if middle else cut(text, width)
        size = cell_len(text)
    pad = " " * (width - size)
    return pad + text if right else text + pad


def cut(text: str, width: int) -> str:
    """At most `width` cells of text, with an ellipsis where something is missing."""
    if cell_len(text) <= width:
        return text
    if width <= 0:
        return ""
    kept, size = 0, 0
    for character in text:
        size += cell_len(character)
        if size > width - 1:
            break
        kept += 1
    return text[:kept] + ELLIPSIS


def cut_middle(text: str, width: int) -> str:
    """At most `width` cells of text that keep its beginning and its end, where names differ."""
    if cell_len(text) <= width or width < 3:
        return cut(text, width)
    end = _head(text[::-1], (width - 1) // 2)[::-1]
    return cut(text, width - cell_len(end)) + end


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at spaces or between CJK characters."""
    width = max(width, 2)
    lines, line, size = [], "", 0
    for piece in _pieces(clean(text)):
        length = cell_len(piece)
        if size + length > width and line:
            lines.append(line.rstrip())
            line, size = "", 0
            piece = piece.lstrip()
            length = cell_len(piece)
        while length > width:
            head = _head(piece, width)
            lines.append(head)
            piece = piece[len(head) :]
            length = cell_len(piece)
        line, size = line + piece, size + length
    lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Words with the space before them; every wide character by itself."""
    pieces: list[str] = []
    for character in text:
        joins = pieces and cell_len(character) < 2 and cell_len(pieces[-1][-1]) < 2
        if joins and not (character == " " and pieces[-1][-1] != " "):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _head(text: str, width: int) -> str:
    size = 0
    for index, character in enumerate(text):
        size += cell_len(character)
        if size > width:
            return text[: max(index, 1)]
    return text


def span(seconds: float) -> str:
    """A stretch of time as a clock shows it: 0:07, 12:40, 1:05:00, 3 d."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours >= 24:
        return f"{hours // 24} d"
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def percent(part: float | None) -> str:
    """A part of 1 as whole percent; a dash where there is nothing to measure."""
    return "-" if part is None else f"{100 * part:.0f} %"


def short_id(call: str) -> str:
    """Enough of a call's id for people to tell it from the others of a day.

    Ids of Asterisk are SECONDS.NUMBER, of which the end tells more than the beginning.
    """
    return call[-SHORT_ID:] if _OF_ASTERISK.fullmatch(call) else call[:SHORT_ID]
