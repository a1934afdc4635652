"""Writes `am/final.mdl`: the trained network, folded into Kaldi nnet3 components.

Batch normalisation and the scaling of features are folded into the affine layers. One more output
follows the phones: garbage, which `[unk]` is made of. It scores what the best of all phones scores
in that frame, less a handicap, so that a word of the grammar is believed only where it comes
close to the best that any sound could do; where the network is unsure, both sink together.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from ivr.training import kaldi_objects as kaldi
from ivr.training.digit_phones import DIGIT_PHONES
from ivr.training.features import CEPSTRA
from ivr.training.learning import Trained
from ivr.training.network import OFFSETS, SPLICE, Layer, Network
from ivr.training.phones import ENGLISH, GARBAGE_PDF, INDEX, PHONES, SILENCE, kaldi_phones

Array = NDArray[np.float64]
_NEVER = -1000.0
"""Keeps silence from being the best phone: silence is no garbage."""


@dataclass(frozen=True, slots=True)
class Dials:
    """What is tuned after training, on clips the network has not learned from.

    `handicap` is what an [unk] frame loses against the best phone: lower refuses more.
    `silence_prior` lower than what was counted makes silence likelier. `prior_scale` says how much
    of each phone's prior probability is divided out. `english` and `digits` are added to the score
    of every other English phone, and of the digits' own: the network is less sure of them, having
    heard little English from people.
    """

    handicap: float = 2.25
    silence_prior: float = 0.015
    prior_scale: float = 0.4
    english: float = 1.3
    digits: float = 2.2


def write_acoustic_model(path: Path, trained: Trained, dials: Dials) -> None:
    """Write the model file."""
    out = kaldi.Writer()
    out.raw(kaldi.HEADER)
    kaldi.write_transition_model(out, kaldi_phones())
    priors = kaldi_priors(trained.priors, dials)
    _write_network(out, trained.network, priors, dials)
    out.token("<LeftContext>")
    out.integer(0)
    out.token("<RightContext>")
    out.integer(0)
    out.token("<Priors>")
    out.vector(priors)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.bytes())


def kaldi_priors(priors: Array, dials: Dials) -> Array:
    """The priors Kaldi divides by, garbage last."""
    scaled = (priors * len(PHONES)) ** dials.prior_scale / len(PHONES)
    scaled[[INDEX[phone] for phone in ENGLISH]] *= np.exp(-dials.english)
    scaled[[INDEX[phone] for phone in DIGIT_PHONES]] *= np.exp(-dials.digits)
    scaled[INDEX[SILENCE]] = dials.silence_prior
    return np.append(scaled, np.exp(dials.handicap))


def _write_network(out: kaldi.Writer, network: Network, priors: Array, dials: Dials) -> None:
    lines, count = _config()
    out.token("<Nnet3>")
    out.raw(("\n" + "\n".join(lines) + "\n\n").encode())
    out.token("<NumComponents>")
    out.integer(count)
    layers = [network.first, *(cast(Layer, layer) for layer in network.layers)]
    for number, layer in enumerate(layers, 1):
        weights, bias = _folded(layer)
        if number == 1:
            weights, bias = _with_scaled_input(weights, bias, network)
        kaldi.write_affine(out, f"affine{number}", weights, bias)
        kaldi.write_nonlinearity(out, f"relu{number}", "RectifiedLinearComponent", network.width)
        if number > 1:
            kaldi.write_no_op(out, f"sum{number}", network.width)
    weights, bias = _array(network.output.weight), _array(network.output.bias)
    kaldi.write_affine(out, "output_affine", weights, bias)
    kaldi.write_nonlinearity(out, "log_softmax", "LogSoftmaxComponent", len(PHONES))
    bonus = -np.log(priors[:GARBAGE_PDF])
    bonus[[INDEX[phone] for phone in DIGIT_PHONES]] -= dials.digits
    bonus[INDEX[SILENCE]] = _NEVER
    kaldi.write_bias(out, "scaled", bonus)
    kaldi.write_maximum(out, "best", len(PHONES))
    out.token("</Nnet3>")


def _config() -> tuple[list[str], int]:
    """nnet3's config lines and the number of components they name."""
    splice = ", ".join(_offset("input", place) for place in range(-SPLICE, SPLICE + 1))
    lines = [f"input-node name=input dim={CEPSTRA}", _node("affine1", f"Append({splice})")]
    lines.append(_node("relu1", "affine1"))
    previous = "relu1"
    for number, offset in enumerate(OFFSETS, 2):
        splice = ", ".join(_offset(previous, place) for place in (-offset, 0, offset))
        lines.append(_node(f"affine{number}", f"Append({splice})"))
        lines.append(_node(f"relu{number}", f"affine{number}"))
        lines.append(_node(f"sum{number}", f"Sum({previous}, relu{number})"))
        previous = f"sum{number}"
    lines.append(_node("output_affine", previous))
    lines.append(_node("log_softmax", "output_affine"))
    lines.append(_node("scaled", "log_softmax"))
    lines.append(_node("best", "scaled"))
    components = len(lines) - 1
    lines.append("output-node name=output input=Append(log_softmax, best) objective=linear")
    return lines, components


def _node(name: str, source: str) -> str:
    return f"component-node name={name} component={name} input={source}"


def _offset(name: str, frames: int) -> str:
    return name if frames == 0 else f"Offset({name}, {frames})"


def _array(tensor: torch.Tensor) -> Array:
    return np.asarray(tensor.detach().double().numpy())


def _folded(layer: Layer) -> tuple[Array, Array]:
    norm = layer.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gain = _array(norm.weight) / np.sqrt(_array(norm.running_var) + norm.eps)
    weights = _array(layer.affine.weight) * gain[:, None]
    return weights, _array(norm.bias) - _array(norm.running_mean) * gain


def _with_scaled_input(weights: Array, bias: Array, network: Network) -> tuple[Array, Array]:
    """Take in features as they are: the network's mean and scale move into the weights."""
    scale = np.tile(_array(network.scale), 2 * SPLICE + 1)
    mean = np.tile(_array(network.mean), 2 * SPLICE + 1)
    weights = weights * scale
    return weights, bias - weights @ mean
