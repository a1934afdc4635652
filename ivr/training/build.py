"""Builds the demo model from nothing: speak, label, learn, write. One seed gives one model.

First a small network learns from the clips whose phone times the synthesiser tells. It then finds
the times in everything else (other accents, another synthesiser, people), and the network that
ships learns from all of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import numpy as np
import torch

from ivr.training import clips as clip_files
from ivr.training import debian
from ivr.training.acoustic_model import Dials
from ivr.training.alignment import align_with
from ivr.training.clips import Clip, total_hours
from ivr.training.flite import Flite, flite_clips
from ivr.training.graph import GraphCosts
from ivr.training.human_clips import human_clips
from ivr.training.learning import Report, Trainer, train
from ivr.training.lexicon import Lexicon, english, mandarin
from ivr.training.model_folder import write_model
from ivr.training.network import Network
from ivr.training.openfst import OpenFst
from ivr.training.recordings import DIGITS, SYLLABLES, WORDS
from ivr.training.speaking import SpeakingProcess
from ivr.training.synthetic_clips import english_clips, mandarin_clips, quiet
from ivr.training.vocabulary_lists import Vocabulary, vocabulary

COPIES = {
    "espeak-zh": 0.5,
    "espeak-en": 0.6,
    "flite": 1.0,
    WORDS: 2.0,
    SYLLABLES: 1.5,
    DIGITS: 5.0,
}
"""How often a clip of each kind comes up in a pass: people count for more than machines."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build and how long to train; `speech` is a folder of human recordings or None.

    `held_out` names speakers of digits that training must not hear, and `hold_out_words` keeps
    every tenth Mandarin word from it: such a model is built to be measured, not to be shipped.
    """

    folder: Path
    work: Path
    speech: Path | None = None
    seed: int = 7
    mandarin: int = 16_000
    english: int = 12_800
    flite: int = 3_200
    width: int = 256
    first_width: int = 192
    first_batches: int = 700
    batches: int = 6000
    held_out: frozenset[str] = frozenset()
    hold_out_words: bool = False
    dials: Dials = field(default_factory=Dials)
    costs: GraphCosts = field(default_factory=GraphCosts)


def build_model(plan: Plan, report: Report) -> None:
    """Run the whole plan; what lies between stays in `plan.work` and is used again.

    Raises:
        ModelError: if a tool or a recording is missing or unusable.
    """
    root = debian.unpack((*debian.OPENFST, *debian.FLITE), plan.work / "debian")
    words = vocabulary()
    with SpeakingProcess() as speaker:
        report("pronunciations")
        lexicon = pronounce(words, speaker)
        timed, untimed = _synthesised(plan, words, lexicon, speaker, report)
    untimed += _kept(
        plan.work / f"flite-{plan.seed}-{plan.flite}.npz",
        lambda: flite_clips(plan.flite, words, lexicon, Flite(root), _random(plan, 3)),
        report,
    )
    human = _human(plan, lexicon, report)
    everything = [*timed, *_labelled(plan, timed, [*untimed, *human], report)]
    network = Network(plan.width)
    report(f"training on {total_hours(everything):.1f} h, {network.parameters_count} weights")
    trainer = _learn(plan, network, everything, "all", plan.batches, report)
    network.eval()
    ranks = ranked(words, lexicon)
    kept = {word: lexicon[word] for word in ranks}
    write_model(
        plan.folder, network, trainer.priors, kept, ranks, OpenFst(root), plan.dials, plan.costs
    )
    report(f"written: {plan.folder}")


def pronounce(words: Vocabulary, speaker: SpeakingProcess) -> Lexicon:
    """Every word of the vocabulary that can be pronounced."""
    lexicon = english(words.english, speaker)
    for word in words.mandarin:
        lexicon.setdefault(word, mandarin(word))
    return lexicon


def ranked(words: Vocabulary, lexicon: Lexicon) -> list[str]:
    """The words in the order of their priors: the hotline's own, then both languages in turn."""
    hotline = _in_turn(words.hotline_zh, words.hotline_en)
    common = _in_turn(words.common_zh, words.hanzi, words.common_en)
    return [word for word in dict.fromkeys([*hotline, *common]) if word in lexicon]


def _in_turn(*lists: Iterable[str]) -> list[str]:
    return [word for row in zip_longest(*lists) for word in row if word]


def _synthesised(
    plan: Plan, words: Vocabulary, lexicon: Lexicon, speaker: SpeakingProcess, report: Report
) -> tuple[list[Clip], list[Clip]]:
    """eSpeak NG's clips, those with phone times and those without."""
    made = _kept(
        plan.work / f"espeak-zh-{plan.seed}-{plan.mandarin}.npz",
        lambda: mandarin_clips(plan.mandarin, words, speaker, _random(plan, 1)),
        report,
    ) + _kept(
        plan.work / f"espeak-en-{plan.seed}-{plan.english}.npz",
        lambda: english_clips(plan.english, words, lexicon, speaker, _random(plan, 2)),
        report,
    )
    return [clip for clip in made if clip.spans], [clip for clip in made if not clip.spans]


def _human(plan: Plan, lexicon: Lexicon, report: Report) -> list[Clip]:
    if plan.speech is None:
        report("no human recordings given: the model will hear people poorly")
        return []
    clips = list(human_clips(plan.speech, lexicon))
    report(f"{len(clips)} human recordings, {total_hours(clips):.1f} h")
    held = held_out_words(clips) if plan.hold_out_words else frozenset()
    return [
        clip
        for clip in clips
        if clip.speaker not in plan.held_out and not (clip.group == WORDS and clip.text in held)
    ]


def held_out_words(clips: Iterable[Clip]) -> frozenset[str]:
    """Every tenth of the recorded Mandarin words, in sorted order."""
    texts = sorted({clip.text for clip in clips if clip.group == WORDS})
    return frozenset(texts[7::10])


def _labelled(plan: Plan, timed: list[Clip], untimed: list[Clip], report: Report) -> list[Clip]:
    """`untimed` with the phone times that a first network finds."""
    first = _learn(plan, Network(plan.first_width), timed, "timed", plan.first_batches, report)
    report(f"finding phone times in {total_hours(untimed):.1f} h")
    return align_with(first, untimed, plan.seed)


def _learn(
    plan: Plan, network: Network, clips: list[Clip], name: str, batches: int, report: Report
) -> Trainer:
    torch.manual_seed(plan.seed)
    path = plan.work / f"training-{name}.npz"
    clip_files.save(clips, path)
    copies = [COPIES[clip.group] for clip in clips]
    return train(network, [path], copies, batches, plan.seed, report)


def _kept(path: Path, make: Callable[[], Iterable[Clip]], report: Report) -> list[Clip]:
    """Clips from an earlier run, or made and kept now."""
    if not path.exists():
        report(f"speaking {path.stem}")
        clip_files.save([clip for clip in make() if not quiet(clip.samples)], path)
    clips = clip_files.load(path)
    report(f"{path.stem}: {len(clips)} clips, {total_hours(clips):.1f} h")
    return clips


def _random(plan: Plan, part: int) -> np.random.Generator:
    return np.random.default_rng([plan.seed, part])
