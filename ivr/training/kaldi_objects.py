"""Writes Kaldi's binary objects: numbers, vectors, matrices, the transition model, the network.

Layouts follow Kaldi's own readers (base/io-funcs, matrix, hmm/transition-model, nnet3); binary
files begin with NUL and "B".
"""

import io
import math
import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ivr.training.phones import KaldiPhone

HEADER = b"\0B"
_STAY = 0.5


class Writer:
    """Collects one binary object."""

    def __init__(self) -> None:
        self._out = io.BytesIO()

    def raw(self, data: bytes) -> None:
        self._out.write(data)

    def token(self, *names: str) -> None:
        for name in names:
            self.raw(name.encode() + b" ")

    def integer(self, value: int) -> None:
        self.raw(struct.pack("<bi", 4, value))

    def single(self, value: float) -> None:
        self.raw(struct.pack("<bf", 4, value))

    def double(self, value: float) -> None:
        self.raw(struct.pack("<bd", 8, value))

    def integers(self, values: Sequence[int]) -> None:
        self.raw(struct.pack("<bi", 4, len(values)))
        self.raw(np.asarray(values, "<i4").tobytes())

    def vector(self, values: NDArray[np.floating]) -> None:
        self.token("FV")
        self.integer(len(values))
        self.raw(np.asarray(values, "<f4").tobytes())

    def matrix(self, values: NDArray[np.floating]) -> None:
        """As Kaldi's compressed matrix of format kTwoByte: 16 bits for each weight."""
        low, high = float(values.min()), float(values.max())
        span = max(high - low, 1e-10)
        codes = np.rint((np.asarray(values, np.float64) - low) / span * 65535.0)
        self.token("CM2")
        self.raw(struct.pack("<ffii", low, span, *values.shape))
        self.raw(codes.astype("<u2").tobytes())

    def bytes(self) -> bytes:
        return self._out.getvalue()


def write_transition_model(out: Writer, phones: Sequence[KaldiPhone]) -> None:
    """One emitting state per phone, which is left or kept with the same probability."""
    identities = [phone.identity for phone in phones]
    out.token("<TransitionModel>", "<Topology>")
    out.integers(identities)
    out.integers([-1, *(0 for _ in phones)])  # phone -> topology entry
    out.integer(1)  # entries
    out.integer(2)  # states of the entry
    out.integer(0)  # pdf class
    out.integer(2)  # transitions
    for target, probability in ((0, _STAY), (1, 1 - _STAY)):
        out.integer(target)
        out.single(probability)
    out.integer(-1)  # the final state emits nothing
    out.integer(0)
    out.token("</Topology>", "<Triples>")
    out.integer(len(phones))
    for phone in phones:
        for value in (phone.identity, 0, phone.pdf):
            out.integer(value)
    out.token("</Triples>", "<LogProbs>")
    out.vector(np.array([0.0, *[math.log(_STAY)] * (2 * len(phones))]))
    out.token("</LogProbs>", "</TransitionModel>")


def self_loop(phone: KaldiPhone) -> int:
    """The transition id of staying in the phone."""
    return 2 * phone.identity - 1


def forward(phone: KaldiPhone) -> int:
    """The transition id of leaving it; in Kaldi's reordered graphs it comes first."""
    return 2 * phone.identity


def write_affine(
    out: Writer, name: str, weights: NDArray[np.floating], bias: NDArray[np.floating]
) -> None:
    """A FixedAffineComponent: weights (outputs, inputs)."""
    out.token("<ComponentName>", name, "<FixedAffineComponent>", "<LinearParams>")
    out.matrix(weights)
    out.token("<BiasParams>")
    out.vector(bias)
    out.token("</FixedAffineComponent>")


def write_nonlinearity(out: Writer, name: str, kind: str, width: int) -> None:
    """A RectifiedLinearComponent or LogSoftmaxComponent without statistics."""
    out.token("<ComponentName>", name, f"<{kind}>", "<Dim>")
    out.integer(width)
    for statistic in ("<ValueAvg>", "<DerivAvg>"):
        out.token(statistic)
        out.vector(np.zeros(0))
    out.token("<Count>")
    out.double(0.0)
    out.token(f"</{kind}>")


def write_no_op(out: Writer, name: str, width: int) -> None:
    """A NoOpComponent: gives its input, which may be a Sum, a name."""
    out.token("<ComponentName>", name, "<NoOpComponent>", "<Dim>")
    out.integer(width)
    out.token("<BackpropScale>")
    out.single(1.0)
    out.token("</NoOpComponent>")


def write_bias(out: Writer, name: str, bias: NDArray[np.floating]) -> None:
    """A FixedBiasComponent: adds `bias`."""
    out.token("<ComponentName>", name, "<FixedBiasComponent>", "<Bias>")
    out.vector(bias)
    out.token("</FixedBiasComponent>")


def write_maximum(out: Writer, name: str, inputs: int) -> None:
    """A MaxpoolingComponent over everything: one output, the greatest of its inputs."""
    out.token("<ComponentName>", name, "<MaxpoolingComponent>")
    shape = (("Input", "Dim", inputs), ("Pool", "Size", inputs), ("Pool", "Step", 1))
    for kind, what, width in shape:
        for axis in "XYZ":
            out.token(f"<{kind}{axis}{what}>")
            out.integer(width if axis == "X" else 1)
    out.token("</MaxpoolingComponent>")
