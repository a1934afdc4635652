"""Turns clips into training batches: augmented afresh, joined into streams, cut into chunks."""

import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.training import clips as clip_files
from ivr.training.augmentation import Floats, apply, draw
from ivr.training.clips import Clip
from ivr.training.features import RATE, SHIFT, WINDOW, mfcc
from ivr.training.phones import INDEX, SILENCE
from ivr.training.recordings import DIGITS, SYLLABLES, WORDS

CHUNK = 399
"""Frames scored per chunk, a multiple of the subsampling."""
CONTEXT = 25
"""Frames the network looks at on either side (see `network.OFFSETS`)."""
BATCH = 16
SUBSAMPLING = 3
FEW_SPEAKERS = (DIGITS, WORDS, SYLLABLES)
"""Groups with one to three speakers, which are made to sound like more."""

Labels = NDArray[np.int64]
Batch = tuple[Floats, Labels]


def labels_of(clip: Clip, frames: int, before: float = 0.0, speed: float = 1.0) -> Labels:
    """The phone in the middle of each frame; outside the clip it is silence."""
    middle = (np.arange(frames) * SHIFT + WINDOW / 2) / RATE
    time = (middle - before) * speed
    starts = np.array([start for _, start in clip.spans])
    phones = np.array([INDEX[phone] for phone, _ in clip.spans])
    index = np.searchsorted(starts, time, side="right") - 1
    inside = (index >= 0) & (time < clip.seconds)
    return np.where(inside, phones[np.maximum(index, 0)], INDEX[SILENCE]).astype(np.int64)


def augmented(clip: Clip, babble: Floats, random: np.random.Generator) -> Batch:
    """Features and labels of one clip under newly drawn conditions."""
    how = draw(random, widely=clip.group in FEW_SPEAKERS)
    signal = apply(clip.samples.astype(np.float32), how, babble, random)
    features = mfcc(signal, how.warp)
    return features, labels_of(clip, len(features), int(how.before * RATE) / RATE, how.speed)


def babble_of(clips: Sequence[Clip], random: np.random.Generator, seconds: int = 60) -> Floats:
    """Many people talking at once, of unit power."""
    total = np.zeros(seconds * RATE, np.float32)
    for _ in range(8):
        place = 0
        while place < len(total):
            voice = clips[int(random.integers(len(clips)))].samples.astype(np.float32)
            voice = voice[: len(total) - place] / (voice.std() + 1.0)
            total[place : place + len(voice)] += voice
            place += len(voice) + int(random.integers(0, RATE // 2))
    return np.asarray(total / total.std(), np.float32)


def one_pass(clips: Sequence[Clip], copies: Sequence[float], seed: int) -> Iterator[Batch]:
    """Batches of (BATCH, CHUNK + 2 CONTEXT, 24) features and (BATCH, CHUNK / 3) labels.

    `copies` says how often each clip comes up in a pass; fractions are drawn by chance.
    """
    random = np.random.default_rng(seed)
    babble = babble_of(clips, random)
    wanted = np.asarray(copies)
    counts = np.floor(wanted + random.random(len(clips))).astype(int)
    order = random.permutation(np.repeat(np.arange(len(clips)), counts))
    span = CHUNK + 2 * CONTEXT
    features, labels = np.zeros((0, 24), np.float32), np.zeros(0, np.int64)
    waiting: list[Batch] = []
    pieces: list[Batch] = []
    held = 0
    for index in order:
        pieces.append(augmented(clips[index], babble, random))
        held += len(pieces[-1][1])
        if len(features) + held < 8 * span:
            continue
        features = np.concatenate([features, *(piece[0] for piece in pieces)])
        labels = np.concatenate([labels, *(piece[1] for piece in pieces)])
        pieces, held = [], 0
        while len(labels) >= span:
            inner = labels[CONTEXT : CONTEXT + CHUNK : SUBSAMPLING]
            waiting.append((features[:span], inner))
            features, labels = features[CHUNK:], labels[CHUNK:]
        random.shuffle(waiting)
        while len(waiting) >= 3 * BATCH:
            batch, waiting = waiting[:BATCH], waiting[BATCH:]
            yield np.stack([b[0] for b in batch]), np.stack([b[1] for b in batch])
    for start in range(0, len(waiting) - BATCH + 1, BATCH):
        batch = waiting[start : start + BATCH]
        yield np.stack([b[0] for b in batch]), np.stack([b[1] for b in batch])


class BatchProcess:
    """Makes the batches of pass after pass in another process, a few ahead of their use."""

    def __init__(self, files: Sequence[Path], copies: Sequence[float], seed: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe(duplex=False)
        arguments = (list(files), list(copies), seed, theirs)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def batches(self) -> Iterator[Batch | None]:
        """Batches without end; None marks the end of a pass."""
        while True:
            yield self._pipe.recv()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


def _serve(files: list[Path], copies: list[float], seed: int, pipe: Connection) -> None:
    clips = [clip for path in files for clip in clip_files.load(path)]
    try:
        for number in range(10_000):
            for batch in one_pass(clips, copies, seed + number):
                pipe.send(batch)
            pipe.send(None)
    except (BrokenPipeError, KeyboardInterrupt):
        return
