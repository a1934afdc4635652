"""Fonts for charts: one that has the Chinese characters, or names spelt so that none is needed."""

from collections.abc import Set
from functools import cache
from pathlib import Path

WITH_CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK JP",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "PingFang SC",
    "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "Noto Serif CJK SC", "Noto Serif CJK JP",
)  # fmt: skip
"""Families to look for, the most fitting first; matplotlib sees the first face of a collection,
so that Noto's Chinese font may be known by its Japanese name."""

LATIN = "DejaVu Sans"
"""Comes with matplotlib."""
UNKNOWN = "?"


@cache
def families() -> tuple[str, ...]:
    """The families to draw with, in order: each character is taken from the first that has it."""
    from matplotlib import font_manager

    installed = {font.name for font in font_manager.fontManager.ttflist}
    chinese = [name for name in WITH_CHINESE if name in installed][:1]
    return (LATIN, *chinese)


def drawable(text: str) -> str:
    """The text as the fonts can draw it: as it is, or spelt in Latin letters, never as boxes."""
    if text.isascii():
        return text
    known = _characters(families())
    if all(ord(character) in known for character in text):
        return text
    return spelt(text, known)


def spelt(text: str, known: Set[int]) -> str:
    """The text with Chinese in pinyin; what is still not among the `known` becomes "?"."""
    from pypinyin import lazy_pinyin

    # One piece for each Chinese character, and one for each run of anything else.
    plain = " ".join(lazy_pinyin(text)).replace("  ", " ").replace("  ", " ")
    return "".join(one if one.isascii() or ord(one) in known else UNKNOWN for one in plain)


@cache
def _characters(names: tuple[str, ...]) -> frozenset[int]:
    """The code points that these families have."""
    from matplotlib import font_manager, ft2font

    found: set[int] = set()
    for name in names:
        path = Path(font_manager.findfont(name))
        found |= ft2font.FT2Font(str(path)).get_charmap().keys()
    return frozenset(found)
