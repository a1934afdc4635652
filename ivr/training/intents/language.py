"""Language: whether examples are English, so that the English student can help with them."""

import re
from collections.abc import Sequence

from ivr.training.intents.examples import Example

LEAST_COMMON = 0.12
"""Of the words of English questions about 40 % are `COMMON`; menu phrases have fewer."""

COMMON = frozenset(
    {
        "and", "are", "be", "can", "do", "for", "get", "have", "how", "i", "is", "it", "my", "need",
        "not", "of", "please", "that", "the", "there", "this", "to", "want", "was", "what", "when",
        "with", "would", "you",
    }
)  # fmt: skip
"""Common English words that are rarely words of other languages."""

_WORD = re.compile(r"[^\W\d_]+")


def are_english(examples: Sequence[Example]) -> bool:
    """Whether all examples are: by the language they name, or else by their commonest words."""
    if any(one.language not in ("", "en") for one in examples):
        return False
    unnamed = [one.text for one in examples if not one.language]
    words = [word for text in unnamed for word in _WORD.findall(text.lower())]
    common = sum(word in COMMON for word in words)
    return not unnamed or (bool(words) and common >= LEAST_COMMON * len(words))
