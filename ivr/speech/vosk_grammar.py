"""Phrases to a Vosk run-time grammar that cannot bring the engine down.

Vosk ends the whole process when a grammar is empty or not the JSON it expects, and drops words it
does not know without a word. Here every grammar is built from words that were looked up.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.errors import ModelError
from ivr.speech.lexicon import UNKNOWN, Lexicon

MAX_PHRASES = 2000


@dataclass(frozen=True, slots=True)
class CompiledGrammar:
    """`text` is what Vosk's constructor takes; `missing` names the words the model lacks."""

    text: str
    missing: tuple[str, ...]


def compile_grammar(lexicon: Lexicon, language: str, phrases: Sequence[str]) -> CompiledGrammar:
    """Build the grammar of one turn: the phrases in the model's words, and `[unk]`.

    A word that the model lacks becomes `[unk]` within its phrase.

    Raises:
        ModelError: if nothing can be heard with this model, or there are too many phrases.
    """
    if len(phrases) > MAX_PHRASES:
        raise ModelError(f"{len(phrases)} phrases in one grammar; at most {MAX_PHRASES} are taken")
    sayable: dict[str, None] = {}
    missing: dict[str, None] = {}
    for phrase in phrases:
        said = lexicon.segment(phrase, language)
        missing.update(dict.fromkeys(said.missing))
        for variant in said.variants:
            if all(word == UNKNOWN for word in variant):
                continue
            if UNKNOWN not in variant or lexicon.has_unknown:
                sayable[" ".join(variant)] = None
    if lexicon.has_unknown:
        sayable[UNKNOWN] = None
    if not sayable:
        raise ModelError(
            f"the model knows none of the words of {len(phrases)} phrases in {language!r};"
            " install another (`ivr models list`)"
        )
    return CompiledGrammar(json.dumps(list(sayable), ensure_ascii=False), tuple(missing))
