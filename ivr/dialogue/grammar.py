"""Grammar: what a caller may say now, and whether what was heard can already be all of it."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from ivr.dialogue.wording import UNKNOWN

RANKED = frozenset({"digits", "card_number", "id_number", "phone"})
"""Kinds of values whose length or check digit tells which of the recogniser's guesses is right."""


class Completion(Enum):
    """How far an utterance has come, judged by its grammar."""

    INCOMPLETE = "incomplete"
    """It cannot be all: digits are missing, a phrase has only begun."""

    EXTENDABLE = "extendable"
    """It can be all, and it can go on."""

    COMPLETE = "complete"
    """Nothing in the grammar goes on from here."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Phrases as a person writes them ("查余额", "check my balance"), in one language.

    `words` may come in any order, `min_words` to `max_words` of them (the digits of a card);
    0 for `max_words` means that the grammar has no such part. `kind` names the value they make up
    (a slot type: "digits", "amount", "card_number", ...), for `ivr.dialogue.completing`.

    `open` asks that the sentences of the intent model beside the flow
    (`ivr.dialogue.intents.of_book.free_sentences`) are heard besides; they are hundreds, so they do
    not stand here, and a turn waits for more after them as after anything that is no phrase.
    """

    language: str
    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    min_words: int = 0
    max_words: int = 0
    kind: str = ""
    open: bool = False

    @property
    def ranks_alternatives(self) -> bool:
        """Whether further guesses of the recogniser help: a number has a length, a check digit."""
        return self.kind in RANKED

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Everything the recogniser must be able to hear; nothing means open dictation."""
        return self.phrases + self.words

    def completion(self, text: str) -> Completion:
        """Judge recognised text; blanks between words do not matter in Mandarin.

        Unknown speech beside a phrase leaves open whether more follows.
        """
        words = [word for word in text.split() if word != UNKNOWN]
        unknown = len(words) < len(text.split())
        found = self._completion(words)
        if unknown and found is Completion.COMPLETE:
            return Completion.EXTENDABLE
        return found

    def _completion(self, words: list[str]) -> Completion:
        heard = _bare("".join(words))
        if not heard:
            return Completion.INCOMPLETE
        whole, goes_on = _standing(self.phrases, heard)
        if whole:
            return Completion.EXTENDABLE if goes_on else Completion.COMPLETE
        if self.max_words and words and all(word in self.words for word in words):
            if len(words) < self.min_words:
                return Completion.INCOMPLETE
            full = len(words) >= self.max_words
            return Completion.COMPLETE if full else Completion.EXTENDABLE
        return Completion.INCOMPLETE


@lru_cache(maxsize=1024)
def _bare_phrases(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_bare, phrases)))


def _standing(phrases: tuple[str, ...], heard: str) -> tuple[bool, bool]:
    """Whether a phrase is exactly what was heard, and whether another goes on from it."""
    starts = [phrase for phrase in _bare_phrases(phrases) if phrase.startswith(heard)]
    return heard in starts, len(starts) > 1


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()
