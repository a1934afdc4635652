"""Percentages: "百分之三点五", "七五折", "three point five percent"."""

import re
from decimal import Decimal

from ivr.dialogue.values.corrections import pieces_en, pieces_zh
from ivr.dialogue.values.model import Value
from ivr.dialogue.values.numbers_en import Reader
from ivr.dialogue.values.numbers_zh import NUMBER, D, digit, number, plain
from ivr.dialogue.values.text import Heard, Word, english_words, fold_mandarin, listed

_D = rf"(?:{D}|\d)"
_ZH = re.compile(
    rf"(?P<of>[百千万])分之(?P<n>{NUMBER})|百分(?P<all>百)|(?P<sign>{NUMBER})%"
    rf"|(?P<part>{_D}|十)分之(?P<top>{_D})|(?P<tenth>{_D}|十)成(?P<more>{_D}|半)?"
    rf"|(?P<pay>{_D})点?(?P<pay2>{_D})?折|(?P<dot>{_D}个点{_D})|(?P<points>{NUMBER})个?(?P<half>半)?(?:百分点"
    rf"|点(?!钟|{_D}))"
    r"|(?P<fifty>对折|半价|一半)"
)
_FILLERS = re.compile(r"嗯|呃|额|啊|那个|就是|,")
_ABOUT = re.compile(r"大概|大约|差不多|左右|上下|约|将近|不到|接近")
_HUNDRED = Decimal(100)
_CENTS = Decimal("0.01")
_TOPS = {"half": Decimal(50), "quarter": Decimal(25), "third": Decimal("33.33")}
_ABOUT_EN = frozenset(listed("about around roughly approximately nearly almost"))


def parse(text: str, language: str) -> Value | None:
    """Per cent; a discount ("八折") is what remains to be paid."""
    if language == "zh":
        for heard in reversed(pieces_zh(fold_mandarin(text))):
            found = _mandarin(heard.without(_FILLERS))
            if found:
                return found
        return None
    for words in reversed(pieces_en(english_words(text))):
        found = _english(words)
        if found:
            return found
    return None


def _mandarin(heard: Heard) -> Value | None:
    for match in _ZH.finditer(heard.text):
        value = _portion(match)
        if value is not None:
            start, end = heard.span(match.start(), match.end())
            rough = bool(_ABOUT.search(heard.text))
            return Value("percent", plain(value), start, end, "", rough)
    return None


def _portion(match: re.Match[str]) -> Decimal | None:
    if match["of"]:
        value = _HUNDRED if match["n"] == "百" else number(match["n"])
        scale = {"百": Decimal(1), "千": Decimal(10), "万": _HUNDRED}[match["of"]]
        return None if value is None else value / scale
    if match["all"]:
        return _HUNDRED
    if match["sign"]:
        return number(match["sign"])
    if match["part"]:
        below = 10 if match["part"] == "十" else digit(match["part"])
        return (digit(match["top"]) * _HUNDRED / below).quantize(_CENTS) if below else None
    if match["tenth"]:
        tenth = 10 if match["tenth"] == "十" else digit(match["tenth"])
        more = match["more"]
        return Decimal(tenth * 10 + (5 if more == "半" else digit(more) if more else 0))
    if match["pay"]:
        return Decimal(digit(match["pay"]) * 10 + (digit(match["pay2"]) if match["pay2"] else 0))
    if match["dot"]:
        return number(match["dot"].replace("个", ""))
    if match["points"]:
        points = number(match["points"])
        return None if points is None else points + (Decimal("0.5") if match["half"] else 0)
    return Decimal(50)


def _english(words: list[Word]) -> Value | None:
    text = [word.text for word in words]
    for at in range(len(words)):
        found = _fraction(words, text, at) or _percent(words, text, at)
        if found:
            return found
    return None


def _percent(words: list[Word], text: list[str], at: int) -> Value | None:
    if text[at] == "half" and text[at + 1 : at + 2] in (["a"], ["percent"], ["per"]):
        value, end = Decimal("0.5"), at + (2 if text[at + 1] == "a" else 1)
    else:
        reader = Reader(words, at)
        number_ = reader.read()
        if number_ is None:
            return None
        value, end = number_, reader.at
    if text[end : end + 1] in (["percent"], ["%"]):
        end += 1
    elif text[end : end + 2] in (["per", "cent"], ["percentage", "points"]):
        end += 2
    elif text[end : end + 2] in (["basis", "points"], ["basis", "point"]):
        value, end = value / 100, end + 2
    else:
        return None
    rough = bool(at) and text[at - 1] in _ABOUT_EN
    return Value("percent", plain(value), words[at].start, words[end - 1].end, "", rough)


def _fraction(words: list[Word], text: list[str], at: int) -> Value | None:
    tops = {"a": 1, "one": 1, "two": 2, "three": 3}
    if text[at] == "half" and text[at + 1 : at + 2] not in (["a"], ["percent"], ["per"]):
        return Value("percent", "50", words[at].start, words[at].end)
    name = text[at + 1].removesuffix("s") if at + 1 < len(text) else ""
    if text[at] in tops and name in _TOPS:
        value = _TOPS[name] * tops[text[at]]
        if (text[at], name) == ("two", "third"):
            value = Decimal("66.67")
        end = at + 2 + (2 if text[at + 2 : at + 4] == ["of", "a"] else 0)
        if text[end : end + 1] == ["percent"]:
            return Value("percent", plain(value / 100), words[at].start, words[end].end)
        return Value("percent", plain(value), words[at].start, words[at + 1].end)
    return None
