"""Trains the network on batches by cross-entropy, on two CPU cores, in bfloat16."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ivr.errors import ModelError
from ivr.training.batches import BatchProcess
from ivr.training.network import Network
from ivr.training.phones import INDEX, PHONES, SILENCE

SILENCE_WEIGHT = 0.5
"""Silence is nearly half of all frames; it counts for less in the loss."""
THREADS = 2
_FLOOR_RATE = 0.02

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """A network and how often each phone occurred in what it learned from."""

    network: Network
    counts: NDArray[np.float64]

    @property
    def priors(self) -> NDArray[np.float64]:
        counts = self.counts + 1.0
        return np.asarray(counts / counts.sum())

    def save(self, path: Path) -> None:
        """Write it to a file that `load` reads."""
        state = {"width": self.network.width, "counts": torch.from_numpy(self.counts)}
        torch.save(state | {"weights": self.network.state_dict()}, path)

    @classmethod
    def load(cls, path: Path) -> "Trained":
        """Read what `save` wrote.

        Raises:
            ModelError: if it was learned with another set of phones than today's.
        """
        state = torch.load(path, weights_only=True)
        if len(state["counts"]) != len(PHONES):
            raise ModelError(
                f"{path}: learned with another set of phones; delete it and the file of labelled"
                " clips beside it, and build again"
            )
        network = Network(state["width"])
        network.load_state_dict(state["weights"])
        return cls(network.eval(), state["counts"].numpy())


class Trainer:
    """Owns the network, its optimiser and the phone counts seen so far."""

    def __init__(self, network: Network, rate: float, steps: int, seed: int) -> None:
        torch.manual_seed(seed)
        torch.set_num_threads(THREADS)
        self.network = network
        self.counts = np.zeros(len(PHONES))
        self._rate, self._steps, self._step = rate, steps, 0
        self._optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
        weights = torch.ones(len(PHONES))
        weights[INDEX[SILENCE]] = SILENCE_WEIGHT
        self._loss = nn.NLLLoss(weight=weights)

    def step(self, features: Tensor, labels: Tensor) -> tuple[float, float]:
        """Learn from one batch; gives the loss and the share of speech frames scored right."""
        self._set_rate()
        self.network.train()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.network(features)
        loss = self._loss(scores.flatten(0, 1), labels.flatten())
        self._optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self._optimiser.step()
        self.counts += np.bincount(labels.flatten().numpy(), minlength=len(PHONES))
        speech = labels != INDEX[SILENCE]
        right = (scores.argmax(dim=2) == labels)[speech].float().mean()
        return loss.item(), right.item()

    def _set_rate(self) -> None:
        """Warm up over the first 3 %, then fall in a straight line."""
        done = self._step / self._steps
        factor = min(done / 0.03 + 0.01, 1.0) if done < 0.03 else max(_FLOOR_RATE, 1.0 - done)
        for group in self._optimiser.param_groups:
            group["lr"] = self._rate * factor
        self._step += 1


def train(
    network: Network,
    files: Sequence[Path],
    copies: Sequence[float],
    steps: int,
    seed: int,
    report: Report,
    rate: float = 2e-3,
) -> Trained:
    """Run `steps` batches over the clips of `files`; `copies` as in `batches.one_pass`.

    Raises:
        ModelError: if all the clips together do not fill one batch.
    """
    trainer = Trainer(network, rate, steps, seed)
    source = BatchProcess(files, copies, seed)
    started, done, passes = time.monotonic(), 0, 0
    losses: list[float] = []
    rights: list[float] = []
    try:
        for batch in source.batches():
            if batch is None:
                if not done:
                    raise ModelError("too few clips to learn from: they do not fill one batch")
                passes += 1
                report(f"pass {passes} ends at batch {done}")
                continue
            features, labels = torch.from_numpy(batch[0]), torch.from_numpy(batch[1])
            if done == 0 and not network.mean.any():
                network.mean.copy_(features.mean(dim=(0, 1)))
                network.scale.copy_(1.0 / features.std(dim=(0, 1)))
            loss, right = trainer.step(features, labels)
            losses.append(loss)
            rights.append(right)
            done += 1
            if done % 100 == 0 or done == steps:
                seconds = time.monotonic() - started
                report(
                    f"batch {done}/{steps}  loss {np.mean(losses[-100:]):.3f}  "
                    f"speech frames right {np.mean(rights[-100:]):.1%}  {seconds:.0f} s"
                )
            if done >= steps:
                break
    finally:
        source.close()
    return Trained(network.eval(), trainer.counts)
