"""Grammar check: how a model hears each phrase of a grammar, and the words it cannot hear."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ivr.speech.lexicon import UNKNOWN, Lexicon


@dataclass(frozen=True, slots=True)
class PhraseCheck:
    """One phrase as written and in the model's words; `missing` are words it lacks.

    Vosk drops such words without a word; here `[unk]` stands for them, and what is recognised is
    matched by sound.
    """

    phrase: str
    said: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def re_segmented(self) -> bool:
        """Whether the phrase is heard as other words than it is written in."""
        written = self.phrase.lower().split()
        return not self.missing and list(self.said) != written

    @property
    def unheard(self) -> bool:
        """Whether nothing of the phrase can be heard."""
        return all(word == UNKNOWN for word in self.said)


def check_phrases(
    lexicon: Lexicon, language: str, phrases: Iterable[str]
) -> tuple[PhraseCheck, ...]:
    """Each phrase in the words of a model, in the order given.

    Raises:
        ModelError: for a phrase longer than a lexicon takes.
    """
    checked = []
    for phrase in phrases:
        said = lexicon.segment(phrase, language)
        checked.append(PhraseCheck(phrase, said.variants[0] if said.variants else (), said.missing))
    return tuple(checked)


def missing_words(checked: Sequence[PhraseCheck]) -> tuple[str, ...]:
    """Every missing word once, in the order met."""
    return tuple(dict.fromkeys(word for one in checked for word in one.missing))
