"""Keys that are spoken of: which keys a prompt mentions, and what is mentioned with them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNS = {
    "井号": "#",
    "井字": "#",
    "星号": "*",
    "米字": "*",
    "pound": "#",
    "hash": "#",
    "star": "*",
}
_NUMBERS = dict(zip("零一二三四五六七八九", "0123456789", strict=True)) | dict(
    zip(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        "0123456789",
        strict=True,
    )
)
_KEY = {"#": "#", "*": "*", **{d: d for d in "0123456789"}, **_SIGNS, **_NUMBERS}

_PRESS_ZH = re.compile(
    r"(?:按|拨|摁)\s*(?:数字)?\s*([0-9*#](?![0-9])|[零一二三四五六七八九](?![一二三四五六七八九十])"
    r"|井号|井字|星号|米字)\s*(?:号键|键|号)?"
)
_PRESS_EN = re.compile(
    r"\b(?:press|dial|hit|push)\s+(?:the\s+)?(?:key\s+|number\s+)?([0-9*#](?![0-9])|"
    r"(?:zero|one|two|three|four|five|six|seven|eight|nine|pound|hash|star)\b)(?:\s+key)?",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,，.。;；!！?？、:：\n]+")
_EN_AFTER = re.compile(r"\s*(?:for|to)\s+\w")
_ALTERNATIVE = re.compile(r"\s*(?:或|和|以|来|即可|就|吧|结束|重|再)")
"""What may follow a key in Mandarin without being the option itself."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One key a prompt tells callers to press; `first` if it comes before what it does."""

    key: str
    clause: str
    first: bool


def mentions(text: str, language: str) -> Iterator[Mention]:
    """The keys a text speaks of, in their order."""
    press = _PRESS_ZH if language == "zh" else _PRESS_EN
    for clause in _CLAUSE.split(text):
        for found in press.finditer(clause):
            before, after = clause[: found.start()], clause[found.end() :]
            first = _option_follows(before, after, language)
            yield Mention(_KEY[found[1].lower()], clause.strip(), first)


def _option_follows(before: str, after: str, language: str) -> bool:
    """Whether the clause opens with the key and then says what it is for."""
    if language == "zh":
        opens = not before.strip(" 请您") or _PRESS_ZH.search(before) is not None
        return opens and bool(after.strip()) and _ALTERNATIVE.match(after) is None
    opens = not re.sub(r"\b(?:please|or|and)\b", "", before, flags=re.IGNORECASE).strip()
    return opens and _EN_AFTER.match(after) is not None
