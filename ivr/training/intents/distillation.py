"""Distillation: the sentence encoder's answers to given sentences -> SentenceStudent.

The student starts from the encoder's answer to each piece alone, and learns to answer whole
sentences as the encoder does (least squares, Adam: Kingma and Ba 2014). It never sees an intent,
so a classifier over its vectors can be cross-validated as one over the encoder's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ivr.dialogue.intents.student import SPAN, SPECIAL, SentenceStudent
from ivr.dialogue.intents.wordpiece import pieces

Array = NDArray[np.float32]
Answer = Callable[[str], Array]

SMALLEST_SPREAD = np.float32(1e-6)
FADING = (np.float32(0.9), np.float32(0.999))
BATCH = 64
WARMING = 100
"""Batches until the rate of learning is reached."""

LEAST_BATCHES = 1500
"""A small set of sentences is gone through more often than `Shape.epochs`, until it had so many."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How large the student is, and how long it learns; chosen on parts of the training parts."""

    pieces: int = 20_000
    """Most pieces of the encoder's vocabulary that are kept; it has the common ones first."""
    width: int = 128
    filters: int = 256
    size: int = 256
    epochs: int = 12
    rate: float = 4e-3


def distil(
    texts: Sequence[str],
    answers: Array,
    vocabulary: Mapping[str, int],
    of_pieces: Array,
    shape: Shape | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> SentenceStudent:
    """A student that answers as the encoder does.

    `answers` has the encoder's vector of each text; `of_pieces` of each piece of the vocabulary,
    whose first are `SPECIAL`. The same input gives the same student.
    """
    shape = shape or Shape()
    chance = np.random.default_rng(0)
    targets = answers - answers.mean(axis=0)
    targets = targets @ _main_directions(targets, shape.size)
    scale = np.float32(max(float(np.abs(targets).mean()), 1e-9))
    numbers = [np.array(pieces(text, vocabulary)[1:-1] or [0]) for text in texts]
    used, flat = np.unique(np.concatenate(numbers), return_inverse=True)
    ends = np.cumsum([len(one) for one in numbers])
    sentences = np.split(flat, ends[:-1])
    start = _start(of_pieces, shape.width)
    learner = _Learner(start[used], targets.shape[1], shape.filters, chance)
    lengths = np.array([len(one) for one in sentences], np.float64)
    a_round = -(-len(texts) // BATCH)
    epochs = max(shape.epochs, -(-LEAST_BATCHES // a_round))
    steps = epochs * a_round
    step = 0
    for epoch in range(epochs):
        progress(f"distilling {epoch + 1}/{epochs}")
        alike = np.argsort(lengths + 4 * chance.random(len(lengths)), kind="stable")
        batches = [alike[at : at + BATCH] for at in range(0, len(alike), BATCH)]
        for pick in chance.permutation(len(batches)):
            step += 1
            rate = shape.rate * min(1.0, step / WARMING) * max(0.02, 1 - step / steps)
            batch = batches[pick]
            learner.learn([sentences[at] for at in batch], targets[batch] / scale, rate)
    start[used] = learner.table
    return _packed(start, learner, vocabulary, scale)


def kept_pieces(vocabulary: Mapping[str, int], most: int) -> dict[str, int]:
    """Piece -> number in the encoder's vocabulary, of the pieces that a student keeps.

    These are the special ones first, then all of plain letters, digits and signs.
    """
    plain = [one for one in vocabulary if one.isascii() and (one == "[" or one[0] != "[")]
    return {one: vocabulary[one] for one in (*SPECIAL, *plain)[:most]}


def _start(of_pieces: Array, width: int) -> Array:
    """The pieces' vectors in their main directions, of spread 1; the special ones are zero."""
    found = of_pieces - of_pieces.mean(axis=0)
    found = found @ _main_directions(found, width)
    found /= max(float(found.std()), 1e-9)
    found[: len(SPECIAL)] = 0
    start: Array = found
    return start


def _main_directions(rows: Array, count: int) -> Array:
    """The directions in which centred rows differ most, one a column."""
    _, directions = np.linalg.eigh(rows.T @ rows)
    most: Array = np.ascontiguousarray(directions[:, ::-1][:, :count], np.float32)
    return most


class _Learner:
    """The student's network while it learns; gradients are worked out by hand."""

    def __init__(self, table: Array, size: int, filters: int, chance: np.random.Generator) -> None:
        width = table.shape[1]
        facts = 2 * filters + width
        self.table = table.copy()
        self.filters = _drawn(chance, SPAN * width, filters)
        self.offsets = np.zeros(filters, np.float32)
        self.out = _drawn(chance, facts, size)
        self.out_offsets = np.zeros(size, np.float32)
        weights = (self.table, self.filters, self.offsets, self.out, self.out_offsets)
        self._weights = weights
        self._drifts = [np.zeros_like(one) for one in weights]
        self._squares = [np.zeros_like(one) for one in weights]
        self._steps = 0

    def learn(self, sentences: Sequence[NDArray[np.int64]], wanted: Array, rate: float) -> None:
        """One step toward the wanted answers to some sentences."""
        numbers = np.concatenate(sentences)
        lengths = np.array([len(one) for one in sentences])
        firsts = np.cumsum(lengths) - lengths
        owner = np.repeat(np.arange(len(lengths)), lengths)
        # A row of zeros stands before, between and after the sentences.
        places = np.arange(len(numbers)) + owner + 1
        rows = np.zeros((len(numbers) + len(lengths) + 1, self.table.shape[1]), np.float32)
        rows[places] = self.table[numbers]
        spans = np.concatenate([rows[places + at - 1] for at in range(SPAN)], axis=1)
        heard = np.maximum(spans @ self.filters + self.offsets, 0)
        shares = (1 / lengths).astype(np.float32)[:, None]
        most = np.maximum.reduceat(heard, firsts)
        means = np.add.reduceat(heard, firsts) * shares
        pieces_mean = np.add.reduceat(rows[places], firsts) * shares
        facts = np.concatenate([most, means, pieces_mean], axis=1)
        error = facts @ self.out + self.out_offsets - wanted

        error *= np.float32(2 / error.size)
        back = error @ self.out.T
        wide = len(self.offsets)
        to_most, to_means = back[:, :wide], back[:, wide : 2 * wide] * shares
        to_heard = to_most[owner] * (heard == most[owner]) + to_means[owner]
        to_heard *= heard > 0
        to_spans = np.split(to_heard @ self.filters.T, SPAN, axis=1)
        to_rows = np.zeros_like(rows)
        to_rows[places] = (back[:, 2 * wide :] * shares)[owner]
        for at, one in enumerate(to_spans):
            to_rows[places + at - 1] += one
        shape = (len(self.table), len(numbers))
        which = sparse.csr_matrix(
            (np.ones(len(numbers), np.float32), (numbers, np.arange(len(numbers)))), shape
        )
        self._step(
            (which @ to_rows[places], spans.T @ to_heard, to_heard.sum(axis=0),
             facts.T @ error, error.sum(axis=0)),
            rate,
        )  # fmt: skip

    def _step(self, gradients: Sequence[Array], rate: float) -> None:
        self._steps += 1
        drift, square = (1 - float(fading) ** self._steps for fading in FADING)
        pace = np.float32(rate * square**0.5 / drift)
        for weights, gradient, mean, spread in zip(
            self._weights, gradients, self._drifts, self._squares, strict=True
        ):
            mean += (1 - FADING[0]) * (gradient - mean)
            spread += (1 - FADING[1]) * (gradient * gradient - spread)
            weights -= pace * mean / (np.sqrt(spread) + SMALLEST_SPREAD)


def _drawn(chance: np.random.Generator, rows: int, columns: int) -> Array:
    bound = rows**-0.5
    return chance.uniform(-bound, bound, (rows, columns)).astype(np.float32)


def _packed(
    table: Array, learner: _Learner, vocabulary: Mapping[str, int], scale: np.float32
) -> SentenceStudent:
    """The student as it is kept: the table in steps of 1/127 of each column's largest number."""
    steps = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
    return SentenceStudent(
        vocabulary=vocabulary,
        table=np.rint(table / steps).astype(np.int8),
        steps=steps.astype(np.float32),
        filters=learner.filters,
        offsets=learner.offsets,
        out=learner.out * scale,
        out_offsets=learner.out_offsets * scale,
    )
