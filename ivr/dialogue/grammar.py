"""Grammar: what a caller may say now, and whether what was heard can already be all of it."""

from dataclasses import dataclass
from enum import Enum


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
    0 for `max_words` means that the grammar has no such part.
    """

    language: str
    phrases: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    min_words: int = 0
    max_words: int = 0

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Everything the recogniser must be able to hear; nothing means open dictation."""
        return self.phrases + self.words

    def completion(self, text: str) -> Completion:
        """Judge recognised text; blanks between words do not matter in Mandarin."""
        heard = _bare(text)
        starts = [phrase for phrase in map(_bare, self.phrases) if phrase.startswith(heard)]
        if heard in starts:
            return Completion.COMPLETE if len(starts) == 1 else Completion.EXTENDABLE
        count = len(text.split())
        if self.max_words and count and all(word in self.words for word in text.split()):
            if count < self.min_words:
                return Completion.INCOMPLETE
            return Completion.COMPLETE if count >= self.max_words else Completion.EXTENDABLE
        return Completion.INCOMPLETE


def _bare(text: str) -> str:
    return "".join(text.split()).casefold()
