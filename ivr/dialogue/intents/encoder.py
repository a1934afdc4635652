"""Encoder: a sentence -> what a small BERT makes of it (all-MiniLM-L6-v2), in numpy alone.

The network is that of Devlin et al. 2018 (post-norm transformer encoder), six layers of 384.
A sentence's vector is the mean over its pieces after each of the last three layers, each of
length 1, side by side: a linear classifier tells intents better by the three than by the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ivr.dialogue.intents.wordpiece import pieces

NAME = "minilm"
LAYERS = 6
WIDTH = 384
HEADS = 12
KEPT = 3
"""Last layers whose means make up the vector."""

SIZE = KEPT * WIDTH
EPSILON = np.float32(1e-12)

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Layer:
    mix: Array
    mix_offset: Array
    out: Array
    out_offset: Array
    norm: tuple[Array, Array]
    up: Array
    up_offset: Array
    down: Array
    down_offset: Array
    last_norm: tuple[Array, Array]


class SentenceEncoder:
    """Makes vectors of sentences; may be used by several threads at once."""

    def __init__(self, tensors: Mapping[str, Any], vocabulary: Mapping[str, int]) -> None:
        """`tensors` by the names of the published model.

        Raises:
            KeyError: if a tensor or a special piece is absent.
            ValueError: if a tensor has another shape.
        """
        self.vocabulary = vocabulary
        base = "embeddings."
        self._words = _shaped(tensors[base + "word_embeddings.weight"], (len(vocabulary), WIDTH))
        types = tensors[base + "token_type_embeddings.weight"]
        self._places: Array = tensors[base + "position_embeddings.weight"] + types[0]
        self._norm = _norm_of(tensors, base + "LayerNorm")
        self._layers = [_layer(tensors, f"encoder.layer.{at}.") for at in range(LAYERS)]
        for special in ("[CLS]", "[SEP]", "[UNK]"):
            vocabulary[special]

    def vector(self, text: str) -> Array:
        """`SIZE` numbers."""
        return self._answer(pieces(text, self.vocabulary))

    def of_piece(self, number: int) -> Array:
        """`SIZE` numbers for one piece of the vocabulary said alone."""
        return self._answer([self.vocabulary["[CLS]"], number, self.vocabulary["[SEP]"]])

    def _answer(self, numbers: list[int]) -> Array:
        rows = _normed(self._words[numbers] + self._places[: len(numbers)], self._norm)
        found = []
        for at, layer in enumerate(self._layers):
            rows = _through(layer, rows)
            if at >= LAYERS - KEPT:
                mean = rows.mean(axis=0)
                found.append(mean / np.sqrt(mean @ mean))
        return np.concatenate(found)


def _through(layer: _Layer, rows: Array) -> Array:
    count = len(rows)
    mixed = (rows @ layer.mix + layer.mix_offset).reshape(count, 3, HEADS, WIDTH // HEADS)
    queries, keys, values = mixed.transpose(1, 2, 0, 3)
    likeness = queries @ keys.transpose(0, 2, 1)
    likeness = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
    likeness /= likeness.sum(axis=-1, keepdims=True)
    heard = (likeness @ values).transpose(1, 0, 2).reshape(count, WIDTH)
    rows = _normed(rows + heard @ layer.out + layer.out_offset, layer.norm)
    wide = _gelu(rows @ layer.up + layer.up_offset)
    return _normed(rows + wide @ layer.down + layer.down_offset, layer.last_norm)


def _gelu(x: Array) -> Array:
    """The Gaussian error linear unit by its tanh form (Hendrycks and Gimpel 2016)."""
    inner = x * x
    inner *= np.float32(0.044715)
    inner += 1
    inner *= x
    inner *= np.float32(0.7978845608)
    np.tanh(inner, out=inner)
    inner += 1
    inner *= x
    inner *= np.float32(0.5)
    return inner


def _normed(rows: Array, norm: tuple[Array, Array]) -> Array:
    rows = rows - rows.mean(axis=-1, keepdims=True)
    spread = np.sqrt(np.einsum("ij,ij->i", rows, rows) / np.float32(WIDTH) + EPSILON)
    normed: Array = rows / spread[:, None] * norm[0] + norm[1]
    return normed


def _layer(tensors: Mapping[str, Any], base: str) -> _Layer:
    own = base + "attention.self."
    small = np.float32((WIDTH // HEADS) ** -0.5)
    weights = [tensors[f"{own}{name}.weight"] for name in ("query", "key", "value")]
    offsets = [tensors[f"{own}{name}.bias"] for name in ("query", "key", "value")]
    weights[0], offsets[0] = weights[0] * small, offsets[0] * small
    return _Layer(
        mix=_turned(np.concatenate(weights), (3 * WIDTH, WIDTH)),
        mix_offset=_shaped(np.concatenate(offsets), (3 * WIDTH,)),
        out=_turned(tensors[base + "attention.output.dense.weight"], (WIDTH, WIDTH)),
        out_offset=_shaped(tensors[base + "attention.output.dense.bias"], (WIDTH,)),
        norm=_norm_of(tensors, base + "attention.output.LayerNorm"),
        up=_turned(tensors[base + "intermediate.dense.weight"], (4 * WIDTH, WIDTH)),
        up_offset=_shaped(tensors[base + "intermediate.dense.bias"], (4 * WIDTH,)),
        down=_turned(tensors[base + "output.dense.weight"], (WIDTH, 4 * WIDTH)),
        down_offset=_shaped(tensors[base + "output.dense.bias"], (WIDTH,)),
        last_norm=_norm_of(tensors, base + "output.LayerNorm"),
    )


def _norm_of(tensors: Mapping[str, Any], name: str) -> tuple[Array, Array]:
    return _shaped(tensors[name + ".weight"], (WIDTH,)), _shaped(tensors[name + ".bias"], (WIDTH,))


def _turned(tensor: Any, shape: tuple[int, ...]) -> Array:
    return np.ascontiguousarray(_shaped(tensor, shape).T)


def _shaped(tensor: Any, shape: tuple[int, ...]) -> Array:
    if tensor.shape != shape:
        raise ValueError(f"a tensor is {tensor.shape} where {shape} is wanted")
    shaped: Array = tensor.astype(np.float32, copy=False)
    return shaped
