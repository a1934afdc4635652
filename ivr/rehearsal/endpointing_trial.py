"""Endpointing trial: how soon a turn ends after the caller's last sound, and how often too soon."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ivr.audio.frames import FRAME_SECONDS, SAMPLE_RATE, frames_of
from ivr.call.listener import Listener
from ivr.dialogue.actions import Endpointing, Listen
from ivr.dialogue.events import Heard, SpeechBegan
from ivr.dialogue.grammar import Grammar
from ivr.ports import Recogniser
from ivr.rehearsal.line_noise import Sound, beside, noise, pcm_of
from ivr.speech.vad import WebrtcVad

LEAD_SECONDS = 0.6
TAIL_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of a caller: its sounds, and the pause in seconds after each but the last."""

    kind: str
    grammar: Grammar
    text: str
    pieces: tuple[Sound, ...]
    pauses: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """When the first turn ended: seconds after the caller's last sound; negative is a caller cut
    off. None if it did not end, or never began. `text` is what was recognised."""

    kind: str
    delay: float | None
    text: str


def line_of(turn: Turn, kind: str, snr: float, seed: int, voices: Sequence[Sound]) -> Sound:
    """The whole call's sound: quiet, the turn, quiet; noise over all."""
    parts = [np.zeros(int(LEAD_SECONDS * SAMPLE_RATE))]
    for number, piece in enumerate(turn.pieces):
        parts.append(piece)
        if number < len(turn.pieces) - 1:
            parts.append(np.zeros(int(turn.pauses[number] * SAMPLE_RATE)))
    parts.append(np.zeros(int(TAIL_SECONDS * SAMPLE_RATE)))
    clean = np.concatenate(parts)
    return beside(clean, noise(kind, clean.size, seed, voices), snr)


async def ending_of(turn: Turn, line: Sound, policy: Endpointing, recogniser: Recogniser) -> Ending:
    """Let a listener hear the line, frame by frame, in less than real time."""
    ended: list[tuple[float, str]] = []
    now = 0.0

    def report(event: SpeechBegan | Heard) -> None:
        if isinstance(event, Heard):
            ended.append((now, event.utterance.text))

    async with asyncio.TaskGroup() as tasks:
        listener = Listener(recogniser, WebrtcVad(), report, tasks.create_task, lambda: now)
        listener.listen(Listen(turn.grammar, policy))
        for frame in frames_of(pcm_of(line)):
            now += FRAME_SECONDS
            listener.feed(frame, now)
            for _ in range(3):  # the turn's task reports, then begins anew
                await asyncio.sleep(0)
            if ended:
                break
        listener.stop()
    spoken = sum(piece.size for piece in turn.pieces) / SAMPLE_RATE + sum(turn.pauses)
    if not ended:
        return Ending(turn.kind, None, "")
    at, text = ended[0]
    return Ending(turn.kind, at - LEAD_SECONDS - spoken, text)
