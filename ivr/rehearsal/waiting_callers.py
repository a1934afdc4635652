"""Waiting callers: answers with the pauses that people make, to try endpointing on."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ivr.dialogue.grammar import Grammar
from ivr.dialogue.spoken_values import amount_words, digit_words
from ivr.ports import Voice
from ivr.rehearsal.endpointing_trial import Turn
from ivr.rehearsal.human_sounds import levelled
from ivr.rehearsal.line_noise import Sound, sound_of
from ivr.speech.stand_in import StandIn

GROUP_PAUSE = (0.3, 0.7)
"""Seconds between groups of digits."""

THINKING_PAUSE = (0.4, 0.8)
"""Seconds after "我想" or "I would like to"."""

PEOPLE = (0.8, 0.86, 0.93, 1.0, 1.08)
"""How many times as small as the hotline's voice the callers are."""

_ZH = "零一二三四五六七八九"
_EN = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GROUPS = {
    "card_number": (4, 4, 4, 4),
    "phone": (3, 4, 4),
    "id_number": (6, 8, 4),
    "digits": (2, 2),
}
_OPENINGS = {"zh": ("我想", "嗯 我要", "那个"), "en": ("I'd like to", "um", "I want to")}


class Callers:
    """Makes turns in which a random person, drawn from `seed`, answers a question."""

    def __init__(self, voice: Voice, seed: int = 1) -> None:
        self._voice = voice
        self._random = np.random.default_rng(seed)
        self._said: dict[tuple[str, str, float], Sound] = {}

    async def phrases(self, grammar: Grammar, count: int) -> list[Turn]:
        """Menu phrases said in one breath."""
        turns = []
        for phrase in self._drawn(grammar.phrases, count):
            who = self._who()
            said = (await self._say(phrase, grammar.language, who),)
            turns.append(Turn("phrase", grammar, phrase, said))
        return turns

    async def hesitations(self, grammar: Grammar, count: int) -> list[Turn]:
        """Menu phrases after an opening and a pause for thought."""
        turns = []
        for phrase in self._drawn(grammar.phrases, count):
            who, language = self._who(), grammar.language
            openings = _OPENINGS[language]
            opening = openings[int(self._random.integers(len(openings)))]
            pieces = (
                await self._say(opening, language, who),
                await self._say(phrase, language, who),
            )
            pause = float(self._random.uniform(*THINKING_PAUSE))
            turns.append(Turn("hesitation", grammar, f"{opening} {phrase}", pieces, (pause,)))
        return turns

    async def numbers(
        self, kind: str, language: str, count: int, commands: Sequence[str]
    ) -> list[Turn]:
        """Numbers in groups with pauses between."""
        turns = []
        for _ in range(count):
            who = self._who()
            groups = [self._words(group, language) for group in _grouped(self._number(kind), kind)]
            pieces = tuple([await self._say(group, language, who) for group in groups])
            grammar = number_grammar(kind, language, commands)
            text = " ".join(groups)
            turns.append(Turn(kind, grammar, text, pieces, self._pauses(len(groups) - 1)))
        return turns

    def human_numbers(
        self, digits: Mapping[str, Mapping[int, Sequence[Sound]]], count: int
    ) -> Iterator[Turn]:
        """Human English digits, a speaker's recordings in groups: `digits[speaker][digit]`."""
        speakers = sorted(digits)
        for _ in range(count):
            own = digits[speakers[int(self._random.integers(len(speakers)))]]
            number = self._number("phone")
            pieces = []
            for group in _grouped(number, "phone"):
                words = [own[int(d)][int(self._random.integers(len(own[int(d)])))] for d in group]
                gaps = [np.zeros(int(self._random.uniform(0.04, 0.12) * 8000)) for _ in words]
                joined = [part for pair in zip(words, gaps, strict=True) for part in pair][:-1]
                pieces.append(np.concatenate(joined))
            grammar = number_grammar("phone", "en", ())
            pauses = self._pauses(len(pieces) - 1)
            yield Turn("human phone", grammar, number, tuple(pieces), pauses)

    async def _say(self, text: str, language: str, who: float) -> Sound:
        key = (text, language, who)
        if key not in self._said:
            pcm = await StandIn(self._voice, who).speak(text, language)
            self._said[key] = levelled(sound_of(pcm))
        return self._said[key]

    def _who(self) -> float:
        return PEOPLE[int(self._random.integers(len(PEOPLE)))]

    def _drawn(self, phrases: Sequence[str], count: int) -> list[str]:
        order = self._random.permutation(len(phrases))
        return [phrases[at] for at in order[:count]]

    def _pauses(self, count: int) -> tuple[float, ...]:
        return tuple(float(one) for one in self._random.uniform(*GROUP_PAUSE, size=count))

    def _number(self, kind: str) -> str:
        digits = [int(one) for one in self._random.integers(0, 10, size=sum(_GROUPS[kind]))]
        match kind:
            case "phone":
                digits[:2] = 1, int(self._random.integers(3, 10))
            case "card_number":
                digits[0] = 4
                digits[-1] = _luhn(digits[:-1])
            case "id_number":
                born = f"{self._random.integers(1950, 2005)}{self._random.integers(10, 13)}"
                born += f"{self._random.integers(10, 29)}"
                digits[:14] = [1, 1, 0, 1, 0, 5, *map(int, born)]
                weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
                while (sum(w * d for w, d in zip(weights, digits, strict=False)) % 11) == 2:
                    digits[16] = (digits[16] + 1) % 10  # its check would be X
                check = sum(w * d for w, d in zip(weights, digits, strict=False)) % 11
                digits[17] = (12 - check) % 11
        return "".join(map(str, digits))

    def _words(self, digits: str, language: str) -> str:
        if language == "zh":
            return "".join("幺" if d == "1" else _ZH[int(d)] for d in digits)
        return " ".join(_EN[int(d)] for d in digits)


def number_grammar(kind: str, language: str, commands: Sequence[str]) -> Grammar:
    """What a collect node for such a number listens for."""
    words = amount_words(language) if kind == "amount" else digit_words(language)
    length = sum(_GROUPS[kind])
    return Grammar(language, tuple(commands), words, length, length, kind)


def _grouped(digits: str, kind: str) -> Iterator[str]:
    at = 0
    for size in _GROUPS[kind]:
        yield digits[at : at + size]
        at += size


def _luhn(body: Sequence[int]) -> int:
    """The check digit of a card number (ISO/IEC 7812-1)."""
    doubled = [d * 2 - 9 * (d > 4) if n % 2 == 0 else d for n, d in enumerate(reversed(body))]
    return -sum(doubled) % 10
