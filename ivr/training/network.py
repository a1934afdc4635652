"""The acoustic network in torch: a small time-delay network with residual layers."""

import torch
from torch import Tensor, nn

from ivr.training.features import CEPSTRA
from ivr.training.phones import PHONES

SPLICE = 4
"""The first layer sees frames -4 to 4."""
OFFSETS = (3, 3, 3, 6, 6)
"""Each further layer sees its input at minus this, 0, and plus this many frames."""
STRIDE = 3
"""One output every three frames (30 ms): Vosk's frame-subsampling-factor."""
LEFT = SPLICE + sum(OFFSETS)
"""Frames of context needed on either side of a scored frame."""


class Layer(nn.Module):
    """relu(norm(affine(spliced input)))."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.affine = nn.Linear(inputs, width, bias=False)
        self.norm = nn.BatchNorm1d(width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.affine(x)
        flat = self.norm(y.reshape(-1, y.shape[-1]).float())
        return torch.relu(flat).reshape(y.shape)


class Network(nn.Module):
    """(batch, frames, CEPSTRA) -> (batch, scored frames, PHONES) log-probabilities.

    Frame 0 of the output belongs to frame LEFT of the input; LEFT frames at the end are context.
    """

    mean: Tensor
    scale: Tensor
    first: Layer
    output: nn.Linear

    def __init__(self, width: int, dropout: float = 0.05) -> None:
        super().__init__()
        self.width = width
        self.register_buffer("mean", torch.zeros(CEPSTRA))
        self.register_buffer("scale", torch.ones(CEPSTRA))
        self.first = Layer(CEPSTRA * (2 * SPLICE + 1), width)
        self.layers = nn.ModuleList([Layer(3 * width, width) for _ in OFFSETS])
        self.dropout = dropout
        self.output = nn.Linear(width, len(PHONES))

    def forward(self, features: Tensor) -> Tensor:
        x = (features - self.mean) * self.scale
        x = x.unfold(1, 2 * SPLICE + 1, STRIDE).transpose(2, 3).flatten(2)
        x = self.first(x)
        for layer, offset in zip(self.layers, OFFSETS, strict=True):
            step = offset // STRIDE
            length = x.shape[1] - 2 * step
            thinned = self._thinned(x)
            parts = [thinned[:, place : place + length] for place in (0, step, 2 * step)]
            x = x[:, step : step + length] + layer(torch.cat(parts, dim=2))
        return torch.log_softmax(self.output(x).float(), dim=2)

    def _thinned(self, x: Tensor) -> Tensor:
        """Dropout with one mask for a whole chunk: far fewer random numbers to draw."""
        if not self.training or not self.dropout:
            return x
        keep = torch.rand(x.shape[0], 1, x.shape[2]) >= self.dropout
        return x * (keep / (1.0 - self.dropout)).to(x.dtype)

    @property
    def parameters_count(self) -> int:
        """Weights in the network."""
        return sum(parameter.numel() for parameter in self.parameters())
