"""Letters and digits one by one: booking references and number plates."""

import re

from ivr.dialogue.values.digits_en import digits_at
from ivr.dialogue.values.digits_zh import DIGIT, D
from ivr.dialogue.values.model import Partial, Result, Value
from ivr.dialogue.values.text import english_words, fold_mandarin, listed

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE_LENGTHS = (7, 8)
"""A province, a letter and five signs; six for new energy vehicles (GA 36-2018)."""

CODE_WORDS = listed(
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november"
    " oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu"
)
"""The NATO spelling alphabet."""

_CODES = {word: word[0] for word in CODE_WORDS} | {
    "alfa": "a", "juliett": "j", "whisky": "w", "x-ray": "x",
}  # fmt: skip
_SPELLED = {
    "bee": "b", "cee": "c", "see": "c", "dee": "d", "gee": "g", "jay": "j", "kay": "k", "el": "l",
    "em": "m", "en": "n", "pee": "p", "cue": "q", "queue": "q", "ar": "r", "ess": "s", "tee": "t",
    "vee": "v", "ex": "x", "why": "y", "zed": "z", "zee": "z",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3}

_ZH = re.compile(
    rf"(?P<example>(?:[\u4e00-\u9fff]{{2,3}}|[a-z]{{2,}})的(?P<sign>[{PROVINCES}]|[a-z](?![a-z])))"
    rf"|(?P<repeat>(?P<count>[两俩仨三四五六])个(?P<what>{D}|[0-9a-z]))"
    rf"|双(?P<both>{D}|[0-9a-z])|(?P<noise>[大小]写的?|字母|数字|第?{D}位|一下|嗯|啊|呃|那个"
    rf"|就是|订单号|车牌号?"
    rf"|是|我的|的|牌照?|号码|[,\-.·])"
    rf"|(?P<province>[{PROVINCES}])|(?P<digit>{D})|(?P<plain>[0-9a-z])|(?P<strange>.)",
    re.S,
)
_COUNT = {"两": 2, "俩": 2, "仨": 3, "三": 3, "四": 4, "五": 5, "六": 6}


def parse(kind: str, text: str, language: str) -> Result:
    """A "letters" or "plate" value."""
    found = _mandarin(text) if language == "zh" else _english(text)
    if not found:
        return None
    signs, start, end = found
    if kind == "letters":
        return Value(kind, signs, start, end)
    return _plate(signs, start, end, language)


def _plate(signs: str, start: int, end: int, language: str) -> Result:
    if language != "zh":
        return Value("plate", signs, start, end) if len(signs) > 1 else None
    at = next((i for i, sign in enumerate(signs) if sign in PROVINCES), -1)
    if at < 0:
        return None
    plate = signs[at:]
    if len(plate) < 2 or not plate[1].isalpha() or plate[1] in PROVINCES:
        return None
    low, high = PLATE_LENGTHS
    if len(plate) < low:
        return Partial("plate", plate, low - len(plate), "short", start, end)
    if len(plate) > high:
        return Partial("plate", plate, high - len(plate), "long", start, end)
    return Value("plate", plate, start, end)


def _mandarin(text: str) -> tuple[str, int, int] | None:
    heard = fold_mandarin(text)
    runs: list[tuple[str, int, int]] = [("", 0, 0)]
    for match in _ZH.finditer(heard.text):
        signs = _signs(match)
        if match["strange"]:
            runs.append(("", 0, 0))
        elif signs:
            before, start, _ = runs[-1]
            # "A, 苹果的 A" says one letter twice.
            again = match["example"] and before.endswith(signs)
            start = start if before else match.start()
            runs[-1] = (before if again else before + signs, start, match.end())
    best = max(runs, key=lambda run: len(run[0]))
    return (best[0], *heard.span(best[1], best[2])) if best[0] else None


def _signs(match: re.Match[str]) -> str:
    if match["example"]:
        return match["sign"].upper()
    if match["repeat"]:
        what = match["what"]
        return DIGIT.get(what, what).upper() * _COUNT[match["count"]]
    if match["both"]:
        return DIGIT.get(match["both"], match["both"]).upper() * 2
    if match["digit"]:
        return DIGIT[match["digit"]]
    return (match["province"] or match["plain"] or "").upper()


_FIGURES = re.compile(r"(?<![a-z])(?=[a-z]*\d)[a-z\d]+", re.I)


def _english(text: str) -> tuple[str, int, int] | None:
    spaced = _FIGURES.sub(lambda m: m[0], text)
    words = english_words(spaced)
    runs: list[tuple[str, int, int]] = [("", 0, 0)]
    at = 0
    while at < len(words):
        signs, count = _sign_at([word.text for word in words], at)
        if not signs:
            signs, count = digits_at(words, at)
        if not signs:
            if words[at].text not in ("capital", "lowercase", "uppercase", "letter", "um", ","):
                runs.append(("", 0, 0))
            at += 1
            continue
        before, start, _ = runs[-1]
        start = start if before else words[at].start
        runs[-1] = (before + signs.upper(), start, words[at + count - 1].end)
        at += count
    best = max(runs, key=lambda run: len(run[0]))
    return best if best[0] else None


def _sign_at(words: list[str], at: int) -> tuple[str, int]:
    """The letters that start at a word ("a as in apple"), and of how many words."""
    word = words[at]
    after = words[at + 1] if at + 1 < len(words) else ""
    if word in _TIMES and len(after) == 1 and after.isalpha():
        return after * _TIMES[word], 2
    if word == "x" and after == "ray":
        return "x", 2
    if len(word) == 1 and word.isascii() and word.isalpha():
        return word, _example(words, at, word)
    if word in _CODES:
        return _CODES[word], 1
    if word in _SPELLED:
        return _SPELLED[word], 1
    if words and len(word) <= 4 and word.isascii() and word.isalpha() and after.isdigit():
        return word, 1
    return "", 1


def _example(words: list[str], at: int, letter: str) -> int:
    """Words of "a as in apple", "b for boy", "c like charlie", beside the letter itself."""
    rest = words[at + 1 : at + 4]
    if rest[:2] in (["as", "in"], ["is", "for"]) and len(rest) == 3:
        return 4 if rest[2].startswith(letter) else 1
    if rest[:1] in (["for"], ["like"]) and len(rest) > 1 and rest[1].startswith(letter):
        return 3
    return 1
