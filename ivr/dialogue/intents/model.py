"""Model: a trained linear classifier over n-grams, scored with sparse look-ups in numpy.

With an optional sentence encoder, or its student, it weighs that one's vector too, in the same sum.
"""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.dialogue.intents.clauses import clauses
from ivr.dialogue.intents.encoder import NAME, SentenceEncoder
from ivr.dialogue.intents.features import ANALYSERS, Analyser
from ivr.dialogue.intents.reading import OUT_OF_SCOPE, Guess, IntentInfo, IntentReading
from ivr.dialogue.intents.student import NAME as STUDENT
from ivr.dialogue.intents.student import SentenceStudent

MAX_GUESSES = 5

SURE_OF_PART = 0.5
"""Least probability of the intent of each part of a sentence that is to have several."""

FACTS = 3
"""How many facts `scope_facts` gives."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Block:
    """One kind of features: its analyser's name, and each n-gram's row in the weights.

    `idf` is the inverse document frequency, one a row, counted from `first`.
    """

    analyser: str
    rows: Mapping[str, int]
    idf: Array
    first: int


@dataclass(frozen=True, slots=True)
class Dense:
    """What a sentence's vector adds to the scores: (vector - `mean`) @ `weights`."""

    encoder: SentenceEncoder | SentenceStudent
    mean: Array
    weights: Array


@dataclass(frozen=True, slots=True)
class Scope:
    """When a sentence counts as ours: a logistic regression over facts of its scores.

    The facts are: the best score, its lead over the second, and the score of "none of these".
    """

    weights: tuple[float, ...]
    offset: float
    threshold: float


@dataclass(frozen=True, slots=True)
class IntentModel:
    """A trained model; `ivr.dialogue.intents.model_file` reads and writes it.

    `weights` has a row for each n-gram and a column for each of `names`, the last column is
    "none of these" if `has_none`. `temperature` turns scores into probabilities.
    """

    names: tuple[str, ...]
    infos: Mapping[str, IntentInfo]
    blocks: tuple[Block, ...]
    weights: Array
    offsets: Array
    temperature: float
    scope: Scope
    has_none: bool
    trained_on: str = ""
    """A hash of the examples and of what is known of each intent."""
    dense: Dense | None = None
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Examples by language, ours and others, for a recogniser to know at an open question."""

    @property
    def backend(self) -> str:
        """N-grams alone are "linear", with an encoder "minilm", with its student "static"."""
        if self.dense is None:
            return "linear"
        return STUDENT if isinstance(self.dense.encoder, SentenceStudent) else NAME

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The menu choices that stand for each intent, where its examples name any."""
        return {name: info.choices for name, info in self.infos.items() if info.choices}

    def read(self, text: str) -> IntentReading:
        """The intents of a sentence; see `IntentScorer`."""
        whole = self.read_one(text)
        parts = clauses(text)
        if len(parts) < 2:
            return whole
        read = [self.read_one(part) for part in parts]
        kept: dict[str, IntentReading] = {}
        for one in read:
            if one.name and one.probability >= SURE_OF_PART:
                kept.setdefault(one.name, one)
        if len(kept) < 2:
            return whole if whole.name or not kept else next(iter(kept.values()))
        first, *others = kept.values()
        return IntentReading(first.name, first.in_scope, first.guesses, first.info, tuple(others))

    def read_one(self, text: str) -> IntentReading:
        """The one likeliest intent of a sentence."""
        scores, known = self.scores(text)
        ours = scores[:-1] if self.has_none else scores
        if known == 0:
            return IntentReading(OUT_OF_SCOPE, 0.0, ())
        in_scope = self.in_scope(scores)
        guesses = self._guesses(ours)
        if in_scope < self.scope.threshold:
            return IntentReading(OUT_OF_SCOPE, in_scope, guesses)
        name = guesses[0].name
        return IntentReading(name, in_scope, guesses, self.infos.get(name))

    def scores(self, text: str) -> tuple[Array, int]:
        """The score of each class, and how many n-grams of the sentence are known."""
        total = self.offsets.copy()
        found = 0
        for block in self.blocks:
            rows, values = vector(block, ANALYSERS[block.analyser], text)
            found += len(rows)
            if rows:
                total += values @ self.weights[rows]
        if found and self.dense is not None:
            vector_of = self.dense.encoder.vector(text)
            total += (vector_of - self.dense.mean) @ self.dense.weights
        return total, found

    def in_scope(self, scores: Array) -> float:
        """The probability that a sentence with these scores is one of ours."""
        facts = scope_facts(scores[None, :], self.has_none)[0]
        odds = float(np.dot(facts, np.array(self.scope.weights))) + self.scope.offset
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))

    def _guesses(self, scores: Array) -> tuple[Guess, ...]:
        likely = np.exp((scores - scores.max()) * self.temperature)
        likely /= likely.sum()
        best = np.argsort(-likely)[:MAX_GUESSES]
        return tuple(Guess(self.names[at], float(likely[at])) for at in best)


def vector(block: Block, analyser: Analyser, text: str) -> tuple[list[int], Array]:
    """Rows and values (sublinear tf-idf, of length 1) of the n-grams of a text that are known."""
    counts = Counter(analyser(text))
    places = block.rows
    found = {places[gram]: count for gram, count in counts.items() if gram in places}
    rows = list(found)
    if not rows:
        return [], np.zeros(0, np.float32)
    values: Array = np.log(np.fromiter(found.values(), np.float32, len(found))) + 1
    values *= block.idf[np.array(rows) - block.first]
    values /= float(np.sqrt(np.dot(values, values)))
    return rows, values


def scope_facts(scores: NDArray[Any], has_none: bool) -> NDArray[np.float64]:
    """The facts that `Scope` weighs, one row a sentence."""
    ours = scores[:, :-1] if has_none else scores
    first, second = -np.partition(-ours, 1, axis=1)[:, :2].T
    none = scores[:, -1] if has_none else np.zeros(len(scores))
    return np.stack([first, first - second, none], axis=1).astype(np.float64)
