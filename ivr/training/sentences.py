"""What the synthesised voices say: digits, single words, requests, and random word strings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.training.vocabulary_lists import Vocabulary

Random = np.random.Generator

_ZH_BEFORE = (
    "我要",
    "我想",
    "帮我",
    "请",
    "请问",
    "麻烦",
    "我想要",
    "我",
    "怎么",
    "请帮我",
    "能不能",
)
_ZH_AFTER = ("一下", "吗", "谢谢", "怎么办", "在哪里", "多少钱", "的", "了", "好吗")
_EN_BEFORE = (
    "check my", "i want to", "i'd like to", "i need", "please", "my", "can you", "what is the",
    "how do i", "help me with my", "where is the", "a", "the", "i lost my", "report a", "about",
)  # fmt: skip
_EN_AFTER = ("please", "now", "today", "is lost", "tomorrow", "problem", "information", "")
ZH_DIGITS = tuple("零幺一二三四五六七八九")
EN_DIGITS = (
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writer:
    """Draws word sequences in one language from its part of the vocabulary."""

    hotline: Sequence[str]
    common: Sequence[str]
    digits: Sequence[str]
    before: Sequence[str]
    after: Sequence[str]
    shares: tuple[float, float, float, float]
    """How often: digit strings, hotline words, requests, random strings."""

    def write(self, random: Random) -> list[str]:
        """The words of one utterance."""
        kinds: tuple[Callable[[Random], list[str]], ...] = (
            self._digit_string,
            self._hotline_words,
            self._request,
            self._random_words,
        )
        return kinds[int(random.choice(4, p=self.shares))](random)

    def _digit_string(self, random: Random) -> list[str]:
        count = int(random.choice([1, 1, 2, 3, 4, 6, 8]))
        return [str(word) for word in random.choice(self.digits, count)]

    def _hotline_words(self, random: Random) -> list[str]:
        return [str(w) for w in random.choice(self.hotline, int(random.choice([1, 1, 1, 2])))]

    def _request(self, random: Random) -> list[str]:
        middle = str(random.choice(self.hotline))
        before = str(random.choice(self.before)) if random.random() < 0.8 else ""
        after = str(random.choice(self.after)) if random.random() < 0.4 else ""
        return f"{before} {middle} {after}".split()

    def _random_words(self, random: Random) -> list[str]:
        count = int(random.choice([1, 2, 2, 3]))
        return [str(word) for word in random.choice(self.common, count)]


def mandarin_writer(words: Vocabulary) -> Writer:
    """Sentences from the Mandarin lists."""
    common = words.common_zh + words.hanzi[:1500]
    return Writer(
        words.hotline_zh, common, ZH_DIGITS, _ZH_BEFORE, _ZH_AFTER, (0.16, 0.18, 0.14, 0.52)
    )


def english_writer(words: Vocabulary) -> Writer:
    """Sentences from the English lists."""
    shares = (0.32, 0.22, 0.16, 0.30)
    return Writer(words.hotline_en, words.common_en, EN_DIGITS, _EN_BEFORE, _EN_AFTER, shares)
