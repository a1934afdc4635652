"""Heard text folded to one plain form, each character still knowing where it stood."""

import re
import unicodedata
from dataclasses import dataclass

MAX_TEXT = 400
"""Characters read of one utterance; about a minute and a half of speech. The rest is ignored."""

_VARIANTS = str.maketrans(
    "〇○壹弌贰貳弐叁參叄肆伍陆陸柒捌玖拾佰仟萬億塊錢點號週禮兩個後裡這過對沒錯還卻圓從為歲鐘",
    "零零一一二二二三三三四五六六七八九十百千万亿块钱点号周礼两个后里这过对没错还却元从为岁钟",
)


def listed(words: str) -> tuple[str, ...]:
    """Words written with blanks between them."""
    return tuple(words.split())


_PAUSES = frozenset(",、;。!?…·\"'《》()[]~")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Heard:
    """Folded text; `where[i]` is the offset in the original of the folded character i.

    `gaps` are the folded offsets before which the original had a blank.
    """

    text: str
    where: tuple[int, ...]
    gaps: frozenset[int] = frozenset()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where text[start:end] stands in the original."""
        if start >= end or not self.where:
            return (0, 0)
        return self.where[start], self.where[end - 1] + 1

    def without(self, pattern: re.Pattern[str]) -> "Heard":
        """The same without all matches of `pattern`."""
        if not pattern.search(self.text):
            return self
        kept: list[int] = []
        last = 0
        for match in pattern.finditer(self.text):
            kept.extend(range(last, match.start()))
            last = match.end()
        kept.extend(range(last, len(self.text)))
        return Heard("".join(self.text[i] for i in kept), tuple(self.where[i] for i in kept))

    def part(self, start: int, end: int) -> "Heard":
        return Heard(self.text[start:end], self.where[start:end])


def fold_mandarin(text: str) -> Heard:
    """Full-width, capital and traditional forms folded; blanks dropped; "," for every pause."""
    chars: list[str] = []
    where: list[int] = []
    gaps: set[int] = set()
    text = _THOUSANDS.sub("\0", text[:MAX_TEXT])
    for offset, original in enumerate(text):
        if original == "\0":
            continue
        if original.isspace():
            gaps.add(len(chars))
            continue
        for char in unicodedata.normalize("NFKC", original).casefold().translate(_VARIANTS):
            if char.isspace():
                continue
            pause = char in _PAUSES or (char == "." and not _decimal(text, offset))
            chars.append("," if pause else char)
            where.append(offset)
    return Heard("".join(chars), tuple(where), frozenset(gaps))


def _decimal(text: str, offset: int) -> bool:
    return text[offset - 1 : offset].isdigit() and text[offset + 1 : offset + 2].isdigit()


@dataclass(frozen=True, slots=True)
class Word:
    """One English word or figure, folded, with its place in the text."""

    text: str
    start: int
    end: int


_WORD = re.compile(
    r"[$£€¥]?\d+(?:,\d{3})+(?:\.\d+)?|\d+:\d\d|[$£€¥]?\d+(?:\.\d+)?"
    r"|[^\W\d_]+(?:'[^\W\d_]+)?|[%,;+]|\.\.\."
)
_DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?")


def english_words(text: str) -> list[Word]:
    """Words, figures ("1,234.56", "3:30"), "%" and pauses; "p.m." is one word."""
    plain = text[:MAX_TEXT].replace("’", "'").lower()
    plain = _DOTTED.sub(lambda m: (m[1] + "m").ljust(len(m[0])), plain)
    return [
        Word(match[0].replace(",", "") or ",", match.start(), match.end())
        for match in _WORD.finditer(plain)
    ]
