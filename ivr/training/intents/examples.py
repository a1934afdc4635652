"""Examples: sentences with the intent they ask for, and what is known of each intent."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivr.dialogue.intents.reading import OUT_OF_SCOPE, IntentInfo

MAX_SENTENCE = 60
"""Characters of the longest sentence that a recogniser is asked to know."""


@dataclass(frozen=True, slots=True)
class Example:
    """One sentence and its intent; the empty name for none of ours."""

    text: str
    intent: str
    language: str = ""

    @property
    def is_ours(self) -> bool:
        return self.intent != OUT_OF_SCOPE


@dataclass(frozen=True, slots=True)
class ExampleSet:
    """Everything a classifier is trained on.

    `phrases` maps an intent to the menu choices ("node.choice") whose phrases mean the same.
    """

    examples: tuple[Example, ...]
    infos: Mapping[str, IntentInfo] = field(default_factory=dict)
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def intents(self) -> tuple[str, ...]:
        """Every intent that has an example, sorted."""
        return tuple(sorted({one.intent for one in self.examples if one.is_ours}))

    def with_examples(self, more: Iterable[Example]) -> "ExampleSet":
        """These and some more, without repetition."""
        every = dict.fromkeys((*self.examples, *more))
        return ExampleSet(tuple(every), self.infos, self.phrases)

    @property
    def sentences(self) -> dict[str, tuple[str, ...]]:
        """What is said, by language; examples of no known language are left out."""
        found: dict[str, dict[str, None]] = {}
        for one in self.examples:
            if one.language and len(one.text) <= MAX_SENTENCE:
                found.setdefault(one.language, {})[one.text] = None
        return {language: tuple(told) for language, told in found.items()}

    @property
    def digest(self) -> str:
        """A short hash of the examples in any order, and of what is known of their intents."""
        found = hashlib.sha256()
        for text, intent in sorted((one.text, one.intent) for one in self.examples):
            found.update(f"{intent}\t{text}\n".encode())
        for name, info in sorted(self.infos.items()):
            labels = sorted(info.labels.items())
            known = (name, info.group, info.urgency, labels, list(info.choices))
            found.update(f"{known!r}\n".encode())
        return found.hexdigest()[:16]
