"""Teaching: sentences -> a student of the sentence encoder, which answers them and every piece.

The student that ships with the project is taught by the training parts of the public corpora,
without their intents; no sentence of their dev parts is among them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ivr.dialogue.intents.encoder import SIZE, SentenceEncoder
from ivr.dialogue.intents.student import SentenceStudent
from ivr.training.intents.corpora import NAMES, load_corpus, without
from ivr.training.intents.distillation import Shape, distil, kept_pieces

GENERAL = Shape(filters=384, size=384)
"""The shipped student is a little larger than one that is taught by one corpus alone."""

Array = NDArray[np.float32]
Progress = Callable[[str], None]


class _Sayer(Protocol):
    def vector(self, text: str) -> Array: ...


def public_sentences(data: Path) -> tuple[str, ...]:
    """What the shipped student is taught by: training sentences that no dev part has.

    Raises:
        SettingsError: if the folder lacks the corpora.
    """
    corpora = [load_corpus(name, data) for name in NAMES]
    asked = [one for corpus in corpora for one in corpus.test]
    given = [one.text for corpus in corpora for one in without(corpus.train, asked)]
    return tuple(dict.fromkeys(given))


def teach(
    texts: Sequence[str],
    encoder: SentenceEncoder,
    shape: Shape | None = None,
    progress: Progress = lambda _: None,
) -> SentenceStudent:
    """A student that answers nearly as the encoder does; the same input gives the same one."""
    shape = shape or Shape()
    kept = kept_pieces(encoder.vocabulary, shape.pieces)
    of_pieces = np.zeros((len(kept), SIZE), np.float32)
    for at, number in enumerate(kept.values()):
        if at % 100 == 0:
            progress(f"encoding pieces {at}/{len(kept)}")
        of_pieces[at] = encoder.of_piece(number)
    answers = vectors_of(encoder, texts, progress)
    places = {piece: at for at, piece in enumerate(kept)}
    return distil(texts, answers, places, of_pieces, shape, progress)


def vectors_of(encoder: _Sayer, texts: Sequence[str], progress: Progress) -> Array:
    """The vector of each sentence, one a row."""
    found = []
    for at, text in enumerate(texts):
        if at % 100 == 0:
            progress(f"encoding {at}/{len(texts)}")
        found.append(encoder.vector(text))
    return np.stack(found)
