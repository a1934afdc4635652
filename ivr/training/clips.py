"""Clips: short recordings with what was said in them, kept together in one file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from ivr.training.features import RATE

Span = tuple[str, float]
"""A phone and when it starts, in seconds."""


@dataclass(frozen=True, slots=True)
class Clip:
    """Speech at 8 kHz; `pronunciations` are the ways in which its text may have been said.

    `spans` says where each phone starts, silence included, or is empty where nobody knows yet.
    `group` names the kind of source, `speaker` the voice.
    """

    samples: NDArray[np.int16]
    text: str
    pronunciations: tuple[tuple[str, ...], ...]
    group: str
    speaker: str
    spans: tuple[Span, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE


def at_8_khz(samples: NDArray[np.int16], rate: int) -> NDArray[np.int16]:
    """The same sound at the telephone's rate."""
    if rate == RATE:
        return samples
    resampled = soxr.resample(samples.astype(np.float32), rate, RATE)
    return np.asarray(np.clip(np.rint(resampled), -32768, 32767), np.int16)


def save(clips: Sequence[Clip], path: Path) -> None:
    """Write clips to one uncompressed archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        samples=np.concatenate([clip.samples for clip in clips]),
        lengths=np.array([len(clip.samples) for clip in clips]),
        texts=_packed(clip.text for clip in clips),
        pronunciations=_packed(
            "|".join(" ".join(way) for way in clip.pronunciations) for clip in clips
        ),
        groups=_packed(clip.group for clip in clips),
        speakers=_packed(clip.speaker for clip in clips),
        spans=_packed(" ".join(f"{p}@{t:.4f}" for p, t in clip.spans) for clip in clips),
    )


def load(path: Path) -> list[Clip]:
    """Read what `save` wrote."""
    with np.load(path) as archive:
        data = {name: archive[name] for name in archive.files}
    ends = np.cumsum(data["lengths"])
    return [
        Clip(
            samples=data["samples"][end - length : end],
            text=text,
            pronunciations=tuple(tuple(way.split()) for way in ways.split("|")),
            group=group,
            speaker=speaker,
            spans=tuple(_span(item) for item in spans.split()),
        )
        for end, length, text, ways, group, speaker, spans in zip(
            ends,
            data["lengths"],
            _unpacked(data["texts"]),
            _unpacked(data["pronunciations"]),
            _unpacked(data["groups"]),
            _unpacked(data["speakers"]),
            _unpacked(data["spans"]),
            strict=True,
        )
    ]


def total_hours(clips: Iterable[Clip]) -> float:
    """How much speech that is."""
    return sum(clip.seconds for clip in clips) / 3600


def _packed(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Texts as bytes: NumPy's own string arrays take the longest text's room for each."""
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _unpacked(data: NDArray[np.uint8]) -> list[str]:
    return data.tobytes().decode().split("\n")


def _span(item: str) -> Span:
    phone, _, start = item.rpartition("@")
    return phone, float(start)
