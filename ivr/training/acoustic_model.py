"""Writes `am/final.mdl`: the trained network, folded into Kaldi nnet3 components.

Batch normalisation and the scaling of features are folded into the affine layers. A last, fixed
affine adds one output of constant score: garbage, which `[unk]` is made of.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from ivr.training import kaldi_objects as kaldi
from ivr.training.features import CEPSTRA
from ivr.training.learning import Trained
from ivr.training.network import OFFSETS, SPLICE, Layer, Network
from ivr.training.phones import ENGLISH, GARBAGE_PDF, INDEX, PHONES, SILENCE, kaldi_phones

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dials:
    """What is tuned after training, on clips the network has not learned from.

    `garbage` is the score of an [unk] frame: higher refuses more. `silence_prior` lower than
    what was counted makes silence likelier. `prior_scale` says how much of each phone's prior
    probability is divided out, and `english` is added to the score of every English phone: the
    network is less sure of them, having heard little English from people.
    """

    garbage: float = 2.6
    silence_prior: float = 0.015
    prior_scale: float = 0.4
    english: float = 1.2


def write_acoustic_model(path: Path, trained: Trained, dials: Dials) -> None:
    """Write the model file."""
    out = kaldi.Writer()
    out.raw(kaldi.HEADER)
    kaldi.write_transition_model(out, kaldi_phones())
    _write_network(out, trained.network)
    out.token("<LeftContext>")
    out.integer(0)
    out.token("<RightContext>")
    out.integer(0)
    out.token("<Priors>")
    out.vector(kaldi_priors(trained.priors, dials))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.bytes())


def kaldi_priors(priors: Array, dials: Dials) -> Array:
    """The priors Kaldi divides by, garbage last."""
    scaled = (priors * len(PHONES)) ** dials.prior_scale / len(PHONES)
    scaled[[INDEX[phone] for phone in ENGLISH]] *= np.exp(-dials.english)
    scaled[INDEX[SILENCE]] = dials.silence_prior
    return np.append(scaled, np.exp(-dials.garbage))


def _write_network(out: kaldi.Writer, network: Network) -> None:
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
    with_garbage = np.vstack((np.eye(len(PHONES)), np.zeros(len(PHONES))))
    kaldi.write_affine(out, "garbage", with_garbage, np.zeros(GARBAGE_PDF + 1))
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
    lines.append(_node("garbage", "log_softmax"))
    components = len(lines) - 1
    lines.append("output-node name=output input=garbage objective=linear")
    return lines, components


def _node(name: str, source: str) -> str:
    return f"component-node name={name} component={name} input={source}"


def _offset(name: str, frames: int) -> str:
    return name if frames == 0 else f"Offset({name}, {frames})"


def _array(tensor: torch.Tensor) -> Array:
    return tensor.detach().double().numpy()


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
