"""Student: a sentence -> nearly what the encoder makes of it, by one convolution over word pieces.

Each piece has a fixed vector, whatever its neighbours; a convolution over three in a row (Kim
2014) sees them together. A network so small is learnt from the encoder's own answers
(`ivr.training.intents.distillation`), so that nobody needs the encoder where it runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.dialogue.intents.wordpiece import pieces

NAME = "static"
SPAN = 3
"""Pieces in a row that the convolution sees."""

SPECIAL = ("[UNK]", "[CLS]", "[SEP]")
"""The first pieces of every vocabulary."""

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SentenceStudent:
    """Makes vectors of sentences; may be used by several threads at once.

    `table` has one row a piece of the vocabulary (int8), whose numbers count `steps` (one a
    column); `filters` one a row of `SPAN` such rows; `out` weighs the largest and the mean answer
    of each filter and the mean piece.
    """

    vocabulary: Mapping[str, int]
    table: NDArray[np.int8]
    steps: Array
    filters: Array
    offsets: Array
    out: Array
    out_offsets: Array

    def __post_init__(self) -> None:
        """Raises ValueError if the parts do not fit together."""
        (count, width), wide = self.table.shape, len(self.offsets)
        fits = (
            count == len(self.vocabulary)
            and all(self.vocabulary.get(piece) == at for at, piece in enumerate(SPECIAL))
            and self.table.dtype == np.int8
            and self.steps.shape == (width,)
            and self.filters.shape == (SPAN * width, wide)
            and self.out.shape == (2 * wide + width, self.size)
            and all(np.isfinite(one).all() for one in (self.steps, self.filters, self.offsets))
            and all(np.isfinite(one).all() for one in (self.out, self.out_offsets))
        )
        if not fits:
            raise ValueError("the parts of the sentence student do not fit together")

    @property
    def size(self) -> int:
        """How many numbers a vector has."""
        return len(self.out_offsets)

    def vector(self, text: str) -> Array:
        """`size` numbers; those of an unknown piece for a sentence without any."""
        numbers = pieces(text, self.vocabulary)[1:-1] or [0]
        count, width = len(numbers), len(self.steps)
        rows = np.zeros((count + SPAN - 1, width), np.float32)
        rows[1:-1] = self.table[numbers] * self.steps
        spans = np.concatenate([rows[at : at + count] for at in range(SPAN)], axis=1)
        heard = spans @ self.filters
        heard += self.offsets
        np.maximum(heard, 0, out=heard)
        share = np.float32(1 / count)
        facts = (heard.max(axis=0), heard.sum(axis=0) * share, rows.sum(axis=0) * share)
        vector: Array = np.concatenate(facts) @ self.out + self.out_offsets
        return vector
