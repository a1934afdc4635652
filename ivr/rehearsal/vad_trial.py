"""VAD trial: voice activity detectors over the same noisy telephone audio, frame by frame."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.audio.frames import FRAME_SAMPLES, FRAME_SECONDS, SAMPLE_RATE, AudioFrame, frames_of
from ivr.audio.level import level_of
from ivr.ports import VoiceActivityDetector
from ivr.rehearsal.line_noise import Sound, beside, frame_powers, noise, pcm_of
from ivr.speech.endpointing import Endpointer, SpeechEnded, SpeechStarted
from ivr.speech.loudness import LoudnessGate

GAP_SECONDS = (2.4, 3.6)
"""Silence between utterances, longer than any turn waits."""

LEAD_SECONDS = 2.0
AUDIBLE = 1e-3
"""A frame of a clean recording holds speech from 30 dB below the recording's loudest frame."""

SLACK = 5
"""Frames (100 ms) beside speech that count neither as speech nor as silence: nobody's ear can say
where a word ends to the frame, and detectors hold on for as long."""

Make = Callable[[], VoiceActivityDetector]


@dataclass(frozen=True, slots=True)
class Recording:
    """Utterances on a noisy line. `speech` says of each frame: 1 speech, 0 silence, -1 neither.

    `spans` are the first and last frame of each utterance.
    """

    kind: str
    frames: tuple[AudioFrame, ...]
    speech: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """What a detector did with one recording.

    `miss` and `false_alarm` are shares of frames (0 to 1). `found` is the share of utterances in
    which a turn began, `false_turns` how many turns a minute of silence began in it, both as a call
    has them: behind the loudness gate, with a reset at each turn. `bare_turns` are those without
    the gate. `cpu` is seconds of processor time for a second of audio.
    """

    miss: float
    false_alarm: float
    found: float
    false_turns: float
    bare_turns: float
    cpu: float


def recording(
    utterances: Sequence[Sound], kind: str, snr: float, voices: Sequence[Sound], seed: int = 1
) -> Recording:
    """Utterances with silence around, and noise over all; `kind` "quiet" adds a faint hiss."""
    random = np.random.default_rng(seed)
    parts = [np.zeros(int(LEAD_SECONDS * SAMPLE_RATE))]
    audible: list[tuple[int, int]] = []
    at = parts[0].size // FRAME_SAMPLES
    for utterance in utterances:
        whole = np.pad(utterance, (0, -utterance.size % FRAME_SAMPLES))
        power = frame_powers(whole)
        loud = np.flatnonzero(power > power.max() * AUDIBLE)
        audible.append((at + int(loud[0]), at + int(loud[-1])))
        gap = int(random.uniform(*GAP_SECONDS) / FRAME_SECONDS)
        parts += [whole, np.zeros(gap * FRAME_SAMPLES)]
        at += whole.size // FRAME_SAMPLES + gap
    clean = np.concatenate(parts)
    if kind == "quiet":
        kind_, snr = "white", 40.0
    else:
        kind_ = kind
    noisy = beside(clean, noise(kind_, clean.size, seed, voices), snr)
    noisy *= min(1.0, 0.95 / float(np.abs(noisy).max()))
    name = kind if kind == "quiet" else f"{kind} {snr:g} dB"
    frames = tuple(frames_of(pcm_of(noisy)))
    return Recording(name, frames, tuple(_truth(clean, audible)), tuple(audible))


def _truth(clean: Sound, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Within an utterance only its loud frames are speech; its pauses are left out."""
    power = frame_powers(clean)
    truth = np.zeros(power.size, int)
    for first, last in spans:
        truth[max(0, first - SLACK) : last + 1 + SLACK] = -1
        inside = power[first : last + 1]
        truth[first : last + 1][inside > inside.max() * AUDIBLE * 10] = 1
    yield from truth.tolist()


def score(make: Make, over: Recording) -> Score:
    """Run one detector over a recording."""
    gated = _turns(make, over, gate=True)
    bare = _turns(make, over, gate=False)
    speech = [said for said, true in zip(gated.said, over.speech, strict=True) if true == 1]
    silence = [said for said, true in zip(gated.said, over.speech, strict=True) if true == 0]
    minutes = len(silence) * FRAME_SECONDS / 60
    found, false = _found(gated.began, over.spans)
    return Score(
        miss=1 - sum(speech) / len(speech),
        false_alarm=sum(silence) / len(silence),
        found=found / len(over.spans),
        false_turns=false / minutes,
        bare_turns=_found(bare.began, over.spans)[1] / minutes,
        cpu=gated.cpu / (len(over.frames) * FRAME_SECONDS),
    )


@dataclass(frozen=True, slots=True)
class _Run:
    said: list[bool]
    began: list[int]
    cpu: float


def _turns(make: Make, over: Recording, *, gate: bool) -> _Run:
    """One detector as the listener uses it; at which frames turns began."""
    detector, loudness, endpointer = make(), LoudnessGate(), Endpointer()
    said: list[bool] = []
    began: list[int] = []
    cpu = 0.0
    for number, frame in enumerate(over.frames):
        start = time.thread_time()
        speech = detector.is_speech(frame)
        cpu += time.thread_time() - start
        said.append(speech)
        if gate:
            speech = loudness.voiced(
                level_of(frame), speech, prompt_playing=False, in_turn=endpointer.in_turn
            )
        match endpointer.hear(speech, number * FRAME_SECONDS):
            case SpeechStarted():
                began.append(number)
            case SpeechEnded():
                detector.reset()
    return _Run(said, began, cpu)


def _found(began: Sequence[int], spans: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How many utterances a turn began in, and how many turns began elsewhere."""
    wide = [(first - SLACK, last + SLACK) for first, last in spans]
    found = sum(any(first <= at <= last for at in began) for first, last in wide)
    return found, sum(not any(first <= at <= last for first, last in wide) for at in began)
