"""How each word of the vocabulary is pronounced: pinyin by pypinyin, English by eSpeak NG."""

import re
from collections.abc import Iterable
from itertools import product

from pypinyin import Style as PinyinStyle
from pypinyin import pinyin

from ivr.training.digit_phones import DIGITS, as_digit
from ivr.training.english_sounds import phones_of
from ivr.training.espeak import Style
from ivr.training.phones import split_syllable
from ivr.training.speaking import SpeakingProcess

Pronunciation = tuple[str, ...]
Lexicon = dict[str, tuple[Pronunciation, ...]]

MOST_READINGS = 4
"""Pronunciations kept of one word; the first is the commonest."""

_ODD_SYLLABLES = {"n": "en", "ng": "en", "hng": "heng", "hm": "heng", "m": "en", "ê": "ei"}
_READINGS = {
    # How callers say them, where pypinyin knows only the dictionary.
    "一": ("yi", "yao"),
    "谁": ("shei", "shui"),
    "哪": ("na", "nei"),
    "那": ("na", "nei"),
    "这": ("zhe", "zhei"),
    "嗯": ("en",),
    "呃": ("e",),
    "行": ("xing", "hang"),
    "还": ("hai", "huan"),
    "重": ("zhong", "chong"),
    "了": ("le", "liao"),
    "的": ("de", "di"),
    "都": ("dou", "du"),
    "得": ("de", "dei"),
}
_WHOLE_ER = frozenset({"女儿", "婴儿", "幼儿", "孤儿", "少儿", "孩儿", "胎儿", "男儿", "生儿"})
"""Words in which 儿 is a syllable; elsewhere it may melt into the one before."""
_ONE_READING = {"一": ("yi",)}
_ENGLISH_EXTRA = {
    "the": ("DH AX", "DH IY"),
    "a": ("EY1 EY2", "AX"),
    "zero": ("Z IH R OW1 OW2", "Z IY R OW1 OW2", "Z IY AX R OW1 OW2"),
    "nine": ("N AY1 AY2 N",),
    "three": ("TH R IY", "S R IY"),
    "and": ("AE N D", "AX N", "AX N D"),
    "to": ("T UW", "T AX"),
    "of": ("AX V", "AH V"),
    "for": ("F AO R", "F AX R", "F AO"),
    "four": ("F AO R", "F AO"),
    "my": ("M AY1 AY2",),
    "yuan": ("Y UW AE N", "Y UW AA N"),
    "want": ("W AA N T", "W AO N T"),
    "schedule": ("S K EH JH UH L", "SH EH D Y UW L"),
}


def syllables(word: str) -> tuple[str, ...]:
    """The toneless pinyin of a Mandarin word in context ("银行" is yin hang)."""
    readings = pinyin(word, style=PinyinStyle.NORMAL, errors="ignore")
    return tuple(_ODD_SYLLABLES.get(reading[0], reading[0]) for reading in readings)


def toned_syllables(word: str) -> tuple[str, ...]:
    """The same with tone digits, 5 for the neutral tone, as eSpeak NG's pinyin voice reads it."""
    style = PinyinStyle.TONE3
    readings = pinyin(word, style=style, errors="ignore", neutral_tone_with_five=True)
    return tuple(
        re.sub(r"^(hng|hm|ng|n|m)(?=\d)", "en", reading[0]).replace("ü", "v")
        for reading in readings
    )


def mandarin(word: str) -> tuple[Pronunciation, ...]:
    """Every usual pronunciation of a Mandarin word; single hanzi have several readings."""
    if len(word) > 1:
        plain = _spelled(syllables(word))
        if word.endswith("儿") and word not in _WHOLE_ER:
            return plain, (*plain[:-3], plain[-1])
        return (plain,)
    known = _ONE_READING.get(word) or _READINGS.get(word)
    if known is None:
        found = pinyin(word, style=PinyinStyle.NORMAL, heteronym=True)[0]
        first = pinyin(word, style=PinyinStyle.NORMAL)[0]
        known = tuple(_ODD_SYLLABLES.get(s, s) for s in [*first, *found])
    kept = list(dict.fromkeys(known))[:MOST_READINGS]
    return tuple(_spelled((syllable,)) for syllable in kept)


def _spelled(parts: Iterable[str]) -> Pronunciation:
    return tuple(phone for syllable in parts for phone in split_syllable(syllable))


def english(words: Iterable[str], speaker: SpeakingProcess) -> Lexicon:
    """American and British pronunciations as eSpeak NG has them, with a few of our own.

    The ten digits are said in phones of their own (see `digit_phones`).
    """
    lexicon: Lexicon = {}
    for word in words:
        own = _ENGLISH_EXTRA.get(word)
        if own:
            lexicon[word] = tuple(tuple("en:" + p for p in text.split()) for text in own)
            continue
        readings: list[Pronunciation] = []
        for voice in ("en-us", "gmw/en-GB-x-rp"):
            spoken = speaker.speak(_written(word), Style(voice))
            if spoken is None:
                continue
            phones = tuple(p for name, _ in spoken.phonemes for p in phones_of(name))
            readings.append(phones)
        unique = [reading for reading in dict.fromkeys(readings) if reading]
        if unique:
            lexicon[word] = tuple(unique[:MOST_READINGS])
    for digit in DIGITS:
        if digit in lexicon:
            lexicon[digit] = _digit_readings(digit, lexicon[digit])
    return lexicon


def _digit_readings(digit: str, readings: Iterable[Pronunciation]) -> tuple[Pronunciation, ...]:
    return tuple(dict.fromkeys(as_digit(digit, reading) for reading in readings))


def _written(word: str) -> str:
    """A letter is spoken by its name; capitals make eSpeak NG do so."""
    return word.upper() if len(word) == 1 and word not in "a" else word


def combined(words: Iterable[str], lexicon: Lexicon) -> list[Pronunciation]:
    """The pronunciations of a phrase: every way through its words, at most sixteen."""
    ways = list(product(*(lexicon[word] for word in words)))[:16]
    return [tuple(phone for part in way for phone in part) for way in ways]
