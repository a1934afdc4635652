"""Text in pictures: about how wide it is, and how it is cut to fit."""

import unicodedata
from html import escape

_WIDE = ("W", "F")
_NARROW = frozenset("iIl.,:;'|!()[] jtfr")


def width(text: str, size: float) -> float:
    """Pixels of a text at a font size; Mandarin characters are square."""
    units = 0.0
    for sign in text:
        if unicodedata.east_asian_width(sign) in _WIDE:
            units += 1.0
        elif sign in _NARROW:
            units += 0.34
        else:
            units += 0.68 if sign.isupper() or sign in "mw%" else 0.57
    return units * size


def cut(text: str, size: float, room: float) -> str:
    """The text, shortened with an ellipsis if it is wider than the room."""
    if width(text, size) <= room:
        return text
    while text and width(text + "…", size) > room:
        text = text[:-1]
    return text.rstrip(" ,，。") + "…"


def lines(text: str, size: float, room: float, most: int) -> list[str]:
    """The text broken into at most so many lines, between words where there are any."""
    found: list[str] = []
    rest = " ".join(text.split())
    while rest and len(found) < most:
        if len(found) == most - 1:
            found.append(cut(rest, size, room))
            break
        head = _head(rest, size, room)
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return found


def _head(text: str, size: float, room: float) -> str:
    end = 0
    while end < len(text) and width(text[: end + 1], size) <= room:
        end += 1
    if end == len(text) or not end:
        return text[: max(1, end)]
    if text[end].isascii() and text[end].isalnum():
        start = text.rfind(" ", 0, end)
        if start > end // 3:
            return text[: start + 1]
    if text[end] in ",.，。?？!！、;；:：" and end > 1:  # no line begins with a stop
        return text[: end - 1]
    return text[:end]


def xml(text: str) -> str:
    """Safe inside XML text and quoted attributes; characters XML cannot hold are dropped."""
    return escape("".join(sign for sign in text if sign >= " " or sign in "\t\n"), quote=True)
