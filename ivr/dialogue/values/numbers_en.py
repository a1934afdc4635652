"""English numbers: "one and a half million", "twelve hundred", "1.5m" -> Decimal."""

import re
from decimal import Decimal

from ivr.dialogue.values.text import Word

SMALL = {
    "zero": 0, "nought": 0, "oh": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
SCALES = {
    "thousand": 1000, "grand": 1000, "k": 1000, "million": 1_000_000, "m": 1_000_000,
    "billion": 1_000_000_000, "bn": 1_000_000_000,
}  # fmt: skip
_FIGURE = re.compile(r"[$£€¥]?(\d{1,12}(?:\.\d{1,6})?)")
_FRACTIONS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "third": Decimal("0.3333")}
_MAX = Decimal(10) ** 13


class Reader:
    """Reads the longest number from a place in the words; `at` is then past it."""

    def __init__(self, words: list[Word], at: int) -> None:
        self.words = [word.text for word in words]
        self.at = at
        self.total = Decimal(0)
        self.current = Decimal(0)
        self.scale = 10**15
        self.mark = at
        self.seen = False
        self.parts: list[int] = []
        """The small numbers said one after the other: "nineteen ninety nine" is 19, 99."""

    def _word(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def read(self) -> Decimal | None:
        """The number; None if there is none here."""
        if self._half():
            return self.total
        while self._step():
            pass
        if not self.seen:
            return None
        value = self.total + self.current
        return value if value < _MAX else None

    def _half(self) -> bool:
        """ "half a million", "a quarter of a million"."""
        if self._word(1) in ("quarter", "quarters") and self._word(2) == "of":
            scale = SCALES.get(self._word(4))
            count = {"a": 1, "one": 1, "three": 3}.get(self._word())
            if scale and count:
                self.total, self.at, self.seen = Decimal(scale) * count / 4, self.at + 5, True
                return True
        if self._word() != "half" or self._word(1) not in ("a", "an"):
            return False
        scale = SCALES.get(self._word(2))
        if scale is None:
            return False
        self.total, self.at, self.seen = Decimal(scale) / 2, self.at + 3, True
        return True

    def _step(self) -> bool:
        word = self._word()
        figure = _FIGURE.fullmatch(word)
        if figure and not self.current:
            self.current, self.seen = Decimal(figure[1]), True
            self.parts.append(0)
        elif word in SMALL or word in TENS:
            if not self._small(word):
                return False
        elif word == "point" and self._word(1) in SMALL:
            self.seen = True
            return self._fraction()
        elif word == "hundred" and (self.current or self._article()) and self.current < 100:
            self.current, self.seen = max(self.current, Decimal(1)) * 100, True
            self.parts.append(100)
        elif word in SCALES and (self.current or self._article()):
            if SCALES[word] >= self.scale:
                # "three thousand five thousand" is two numbers: the second begins again.
                self.at, self.current = self.mark, Decimal(0)
                return False
            self.scale = SCALES[word]
            self.total += max(self.current, Decimal(1)) * SCALES[word]
            self.current, self.seen = Decimal(0), True
            self.parts.append(1000)
        elif word in ("a", "an", "and", "couple", "of"):
            return self._joint(word)
        else:
            return False
        self.at += 1
        return True

    def _article(self) -> bool:
        return self.at > 0 and self.words[self.at - 1] in ("a", "an", "couple", "of")

    def _small(self, word: str) -> bool:
        if not self.current:
            self.mark = self.at
        value = SMALL.get(word, TENS.get(word, 0))
        tens = self.parts and self.parts[-1] in TENS.values() and 0 < value < 10
        if tens:
            self.parts[-1] += value
            self.current += value
        else:
            plain_before = self.parts and 0 < self.parts[-1] < 100
            if plain_before and value < 10:
                return False
            if plain_before and len([p for p in self.parts if p < 100]) > 1:
                return False
            self.parts.append(value)
            self.current += value
        self.seen = True
        return True

    def _fraction(self) -> bool:
        self.at += 1
        digits = ""
        while (self._word() in SMALL and SMALL[self._word()] < 10) or self._word() in TENS:
            word = self._word()
            digits += str(SMALL.get(word, TENS.get(word, 0)))
            if word in TENS and SMALL.get(self._word(1), 10) < 10:
                digits = digits[:-1]
            self.at += 1
        self.current += Decimal("0." + digits[:9])
        self.parts.append(0)
        return True

    def _joint(self, word: str) -> bool:
        """ "a hundred", "a couple of hundred", "and a half", "hundred and two"."""
        after = self._word(1)
        if word == "and" and self.seen:
            if after in ("a", "one") and self._word(2) in _FRACTIONS:
                # "a million and a half" is half a million more.
                unit = self.scale if not self.current and self.total else 1
                self.current += _FRACTIONS[self._word(2)] * unit
                self.parts.append(0)
                self.at += 3
                return True
            if (after in SMALL or after in TENS) and self.parts and self.parts[-1] >= 100:
                self.at += 1
                return True
            return False
        if word in ("a", "an") and after == "couple" and not self.seen:
            ahead = 3 if self._word(2) == "of" else 2
            if self._word(ahead) in ("hundred", *SCALES):
                self.current, self.seen = Decimal(2), True
                self.at += ahead
                return True
            return False
        if word in ("a", "an") and not self.seen and after in ("hundred", *SCALES):
            self.at += 1
            return True
        return False

    def pair(self) -> tuple[int, int] | None:
        """The two small numbers of "three fifty" and "nineteen ninety nine"; None otherwise."""
        if len(self.parts) == 2 and all(0 < part < 100 for part in self.parts):
            return self.parts[0], self.parts[1]
        return None
