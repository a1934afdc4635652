"""Finds when each phone of a clip was said: Viterbi over its pronunciations with a network."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from ivr.training.clips import Clip, Span
from ivr.training.features import RATE, SHIFT, WINDOW, mfcc
from ivr.training.learning import Trained
from ivr.training.network import LEFT, STRIDE, Network
from ivr.training.phones import INDEX, SILENCE

PADDING = 0.15
"""Seconds of near silence put around each clip, so that tightly cut ones have an edge."""
_LEVEL = 4000.0
_GROUP = 64
_PRIOR_SCALE = 0.5

Scores = NDArray[np.float32]


def aligned(clips: Sequence[Clip], trained: Trained, seed: int) -> Iterator[Clip]:
    """Each clip with the `spans` of whichever of its pronunciations fits best."""
    order = sorted(range(len(clips)), key=lambda index: len(clips[index].samples))
    found: dict[int, Clip] = {}
    bonus = (-_PRIOR_SCALE * np.log(trained.priors)).astype(np.float32)
    random = np.random.default_rng(seed)
    for start in range(0, len(order), _GROUP):
        group = order[start : start + _GROUP]
        features = [_features(clips[index], random) for index in group]
        for index, scores in zip(group, _scores(features, trained.network), strict=True):
            found[index] = _align(clips[index], scores + bonus)
    for index in range(len(clips)):
        yield found[index]


def _features(clip: Clip, random: np.random.Generator) -> Scores:
    signal = clip.samples.astype(np.float32)
    signal = signal * np.float32(_LEVEL / max(1.0, float(signal.std())))
    edge = np.zeros(int(PADDING * RATE), np.float32)
    signal = np.concatenate((edge, signal, edge))
    return mfcc(signal + random.normal(0, 8.0, len(signal)).astype(np.float32))


@torch.no_grad()
def _scores(features: Sequence[Scores], network: Network) -> Iterator[Scores]:
    """Log-probabilities every 10 ms: the network runs at each of the three phases."""
    network.eval()
    longest = max(map(len, features)) + STRIDE
    padded = np.stack(
        [np.pad(f, ((LEFT, LEFT + longest - len(f)), (0, 0)), mode="edge") for f in features]
    )
    tensor = torch.from_numpy(padded)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        phases = [network(tensor[:, phase:]) for phase in range(STRIDE)]
    count = min(phase.shape[1] for phase in phases)
    joined = torch.stack([p[:, :count] for p in phases], dim=2).flatten(1, 2).numpy()
    for index, item in enumerate(features):
        yield joined[index, : len(item)]


def _align(clip: Clip, scores: Scores) -> Clip:
    best: tuple[float, tuple[str, ...], list[int]] | None = None
    for way in clip.pronunciations:
        states = (SILENCE, *way, SILENCE)
        total, starts = viterbi(scores[:, [INDEX[phone] for phone in states]])
        if best is None or total > best[0]:
            best = (total, way, starts)
    if best is None:
        return clip
    middle = (WINDOW / 2 - SHIFT / 2) / RATE
    spans: list[Span] = []
    for phone, frame in zip((SILENCE, *best[1], SILENCE), best[2], strict=True):
        spans.append((phone, max(0.0, frame * SHIFT / RATE + middle - PADDING)))
    spans[0] = (SILENCE, 0.0)
    return replace(clip, spans=tuple(spans))


def viterbi(scores: Scores) -> tuple[float, list[int]]:
    """The best way through states in a row, none left out, each at least one frame.

    `scores` is (frames, states). Gives the total and the frame in which each state starts;
    a clip with fewer frames than states gets minus infinity.
    """
    frames, count = scores.shape
    if frames < count:
        return -np.inf, list(range(count))
    best = np.full(count, -np.inf, np.float32)
    best[0] = scores[0, 0]
    came = np.zeros((frames, count), bool)
    for frame in range(1, frames):
        before = best[:-1]
        came[frame, 1:] = before > best[1:]
        best[1:] = np.maximum(best[1:], before)
        best += scores[frame]
    starts = [0] * count
    state = count - 1
    for frame in range(frames - 1, 0, -1):
        if came[frame, state]:
            starts[state] = frame
            state -= 1
    return float(best[-1]), starts
