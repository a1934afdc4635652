"""Completing: whether what a caller has said so far can be all of the answer, and must be."""

from functools import lru_cache

from ivr.dialogue.grammar import Completion, Grammar
from ivr.dialogue.values import KINDS
from ivr.dialogue.values.completion import completion as value_completion
from ivr.dialogue.wording import UNKNOWN, core, plain

_AS_KIND = {"rating": "digits"}

_COUNTED = frozenset({"digits", "rating", "phone", "card_number", "id_number"})
"""Kinds of which one word is one digit."""

_LEAST = {"card_number": 16}
"""Digits of the shortest number people say, where that is more than the grammar takes."""


def completing(grammar: Grammar, text: str) -> Completion:
    """Judge recognised text, words separated by blanks, `[unk]` for unknown speech.

    Polite words around a phrase change nothing, nor does unknown speech before it ("well ... my
    balance"). Unknown speech after it leaves open whether more follows. In open dictation
    everything may go on.
    """
    words = text.split()
    known = " ".join(word for word in words if word != UNKNOWN)
    if not known:
        return Completion.INCOMPLETE  # "I would like to ..." is unknown to most grammars
    if not grammar.vocabulary:
        return Completion.EXTENDABLE
    found = _phrase(grammar.phrases, known)
    if found is Completion.INCOMPLETE:
        found = _value(grammar, known)
    after = words[_first_known(words) :].count(UNKNOWN)
    if after and found is Completion.COMPLETE:
        return Completion.EXTENDABLE
    if after and found is Completion.INCOMPLETE and _misheard(grammar, known, after):
        return Completion.EXTENDABLE
    return found


def _first_known(words: list[str]) -> int:
    return next(at for at, word in enumerate(words) if word != UNKNOWN)


def _misheard(grammar: Grammar, known: str, unknown: int) -> bool:
    """Whether a number may be whole, and only its digits were not all understood."""
    least = _LEAST.get(grammar.kind, grammar.min_words)
    digits = [word for word in known.split() if word in grammar.words]
    return grammar.kind in _COUNTED and len(digits) > unknown and len(digits) + unknown >= least


def _phrase(phrases: tuple[str, ...], heard: str) -> Completion:
    said = core(heard)
    known = _cores(phrases)
    if said in known:
        goes_on = any(one != said and one.startswith(said) for one in known)
        return Completion.EXTENDABLE if goes_on else Completion.COMPLETE
    begun = any(one.startswith(said) for one in known)
    if not begun and any(_ends_with(said, one) for one in known):
        return Completion.EXTENDABLE  # said twice, or after words of another phrase
    return Completion.INCOMPLETE


def _ends_with(said: str, phrase: str) -> bool:
    if phrase.isascii():
        return said.endswith(" " + phrase)
    return len(phrase) > 1 and said.endswith(phrase)


@lru_cache(maxsize=1024)
def _cores(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(core(phrase) for phrase in phrases)


def _value(grammar: Grammar, heard: str) -> Completion:
    """How far the value has come that the grammar's words make up."""
    if not grammar.max_words:
        return Completion.INCOMPLETE
    kind = _AS_KIND.get(grammar.kind, grammar.kind)
    if kind not in KINDS:
        return grammar.completion(heard)
    length = (grammar.min_words, grammar.max_words) if kind == "digits" else None
    return value_completion(kind, plain(heard), grammar.language, length=length)
