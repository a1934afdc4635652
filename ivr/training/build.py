"""Builds the demo model from nothing: speak, label, learn, measure, learn on, write.

A first small network learns from the clips whose phone times the synthesiser tells, and finds the
times in everything else (other accents, another synthesiser, people). The network that ships then
learns without some people and words, is measured on them, and goes on learning with all of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
import torch

from ivr.training import clips as clip_files
from ivr.training import debian
from ivr.training.acoustic_model import Dials
from ivr.training.alignment import aligned
from ivr.training.clips import Clip, total_hours
from ivr.training.digit_clips import GROUP as ACCENT
from ivr.training.digit_clips import digit_clips
from ivr.training.evaluation import Score, evaluate
from ivr.training.flite import Flite, flite_clips
from ivr.training.graph import GraphCosts
from ivr.training.human_clips import human_clips
from ivr.training.learning import Report, Trained, train
from ivr.training.lexicon import Lexicon, english, mandarin
from ivr.training.model_card import Card, write_card
from ivr.training.model_folder import write_model
from ivr.training.network import Network
from ivr.training.openfst import OpenFst
from ivr.training.recordings import DIGITS, SYLLABLES, WORDS, held_out_words
from ivr.training.speaking import SpeakingProcess
from ivr.training.synthetic_clips import AMERICAN_VOICE, english_clips, mandarin_clips, quiet
from ivr.training.vocabulary_lists import Vocabulary, vocabulary

COPIES = {
    "espeak-zh": 0.35,
    "espeak-en": 0.5,
    "flite": 1.0,
    ACCENT: 1.5,
    WORDS: 1.6,
    SYLLABLES: 1.2,
    DIGITS: 9.0,
}
"""How often a clip of each kind comes up in a pass: people count for more than machines."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build and how long to train; `speech` is a folder of human recordings or None.

    `held_out` names the speakers of digits who, with every tenth Mandarin word, are kept from the
    network until it has been measured on them, on at most `clips` of each. The counts of clips to
    synthesise and of batches to learn from are for the real model; `smaller` is for a trial.
    """

    folder: Path
    work: Path
    speech: Path | None = None
    seed: int = 7
    mandarin: int = 16_000
    english: int = 12_800
    flite: int = 3_200
    digits: int = 6_400
    first_width: int = 192
    first_batches: int = 700
    width: int = 256
    batches: int = 2200
    more_batches: int = 1500
    held_out: frozenset[str] = frozenset({"theo"})
    clips: int = 500
    words: Vocabulary = field(default_factory=vocabulary)
    dials: Dials = field(default_factory=Dials)
    costs: GraphCosts = field(default_factory=GraphCosts)

    def smaller(self, share: float) -> "Plan":
        """The same stages with this share of the synthesised clips and of the first batches."""

        def part(count: int) -> int:
            return max(1, round(count * share))

        return replace(
            self,
            mandarin=part(self.mandarin),
            english=part(self.english),
            flite=part(self.flite),
            digits=part(self.digits),
            first_batches=part(self.first_batches),
            clips=part(self.clips),
        )


def build_model(plan: Plan, report: Report) -> None:
    """Run the whole plan. What lies between stays in `plan.work` and is used again.

    Raises:
        ModelError: if a tool or a recording is missing or unusable.
    """
    root = debian.unpack((*debian.OPENFST, *debian.FLITE), plan.work / "debian")
    words = plan.words
    with SpeakingProcess() as speaker:
        report("pronunciations")
        lexicon = pronounce(words, speaker)
        path = plan.work / f"labelled-{plan.seed}.npz"
        clips = _kept(path, lambda: _labelled(plan, words, lexicon, speaker, root, report), report)
    some = [clip for clip in clips if not _held_out(plan, clips)(clip)]
    fresh = Network(plan.width)
    measured = _learn(plan, "held-out", fresh, lambda: some, plan.batches, 2e-3, report)
    unseen = _write(plan, plan.work / "held-out", measured, words, lexicon, root)
    heard_not = evaluate(unseen, plan.speech, plan.clips, report, held_out=True)
    final = _learn(
        plan,
        "final",
        measured.network,
        lambda: _relabelled(plan, clips, measured, report),
        plan.more_batches,
        1.2e-3,
        report,
    )
    _write(plan, plan.folder, final, words, lexicon, root)
    write_card(plan.folder, _card(plan, clips, heard_not, lexicon, final, report))
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


def _labelled(
    plan: Plan,
    words: Vocabulary,
    lexicon: Lexicon,
    speaker: SpeakingProcess,
    root: Path,
    report: Report,
) -> list[Clip]:
    """Every clip with its phone times."""
    report("speaking")
    flite = Flite(root)
    spoken = [
        *mandarin_clips(plan.mandarin, words, speaker, _random(plan, 1)),
        *english_clips(plan.english, words, lexicon, speaker, _random(plan, 2)),
        *flite_clips(plan.flite, words, lexicon, flite, _random(plan, 3)),
        *digit_clips(plan.digits, lexicon, speaker, flite, _random(plan, 4)),
    ]
    human: list[Clip] = []
    if plan.speech is None:
        report("no human recordings given: the model will hear people poorly")
    else:
        human = list(human_clips(plan.speech, lexicon))
    spoken = [clip for clip in [*spoken, *human] if not quiet(clip.samples)]
    timed = [clip for clip in spoken if clip.spans]
    untimed = [clip for clip in spoken if not clip.spans]
    first = Network(plan.first_width)
    trained = _learn(plan, "first", first, lambda: timed, plan.first_batches, 2e-3, report)
    report(f"finding phone times in {total_hours(untimed):.1f} h")
    return [*timed, *(c for c in aligned(untimed, trained, plan.seed) if c.spans)]


def _relabelled(plan: Plan, clips: list[Clip], trained: Trained, report: Report) -> list[Clip]:
    """Times found again by a better network, where no synthesiser told them."""
    told = [clip for clip in clips if _told(clip)]
    found = [clip for clip in clips if not _told(clip)]
    report(f"finding phone times again in {total_hours(found):.1f} h")
    return [*told, *(clip for clip in aligned(found, trained, plan.seed) if clip.spans)]


def _told(clip: Clip) -> bool:
    american = clip.speaker.partition("+")[0] == AMERICAN_VOICE
    return clip.group == "espeak-zh" or (clip.group == "espeak-en" and american)


def _held_out(plan: Plan, clips: list[Clip]) -> Callable[[Clip], bool]:
    words = held_out_words(clip.text for clip in clips if clip.group == WORDS)
    return lambda clip: (
        (clip.group == DIGITS and clip.speaker in plan.held_out)
        or (clip.group == WORDS and clip.text in words)
    )


def _learn(
    plan: Plan,
    name: str,
    network: Network,
    material: Callable[[], list[Clip]],
    batches: int,
    rate: float,
    report: Report,
) -> Trained:
    """Train, or read what an earlier run of the same plan trained."""
    path = plan.work / f"{name}-{plan.seed}.pt"
    if path.exists():
        report(f"{name}: as trained before ({path})")
        return Trained.load(path)
    clips = material()
    report(f"{name}: learning from {total_hours(clips):.1f} h of clips")
    torch.manual_seed(plan.seed)
    file = plan.work / f"training-{name}.npz"
    clip_files.save(clips, file)
    copies = [COPIES[clip.group] for clip in clips]
    trained = train(network, [file], copies, batches, plan.seed, report, rate)
    trained.save(path)
    file.unlink()
    return trained


def _write(
    plan: Plan, folder: Path, trained: Trained, words: Vocabulary, lexicon: Lexicon, root: Path
) -> Path:
    ranks = ranked(words, lexicon)
    kept = {word: lexicon[word] for word in ranks}
    write_model(folder, trained, kept, ranks, OpenFst(root), plan.dials, plan.costs)
    return folder


def _card(
    plan: Plan,
    clips: list[Clip],
    unseen: list[Score],
    lexicon: Lexicon,
    final: Trained,
    report: Report,
) -> Card:
    hours: dict[tuple[str, str], float] = {}
    for clip in clips:
        speaker = clip.speaker if clip.group in (DIGITS, WORDS, SYLLABLES) else ""
        key = (clip.group, speaker)
        hours[key] = hours.get(key, 0.0) + clip.seconds / 3600
    return Card(
        words=len(lexicon),
        weights=final.network.parameters_count,
        hours=hours,
        held_out=sorted(plan.held_out),
        unseen=unseen,
        seen=evaluate(plan.folder, plan.speech, plan.clips, report),
    )


def _kept(path: Path, make: Callable[[], list[Clip]], report: Report) -> list[Clip]:
    """Clips from an earlier run, or made and kept now."""
    if not path.exists():
        clip_files.save(make(), path)
    clips = clip_files.load(path)
    report(f"{path.stem}: {len(clips)} clips, {total_hours(clips):.1f} h")
    return clips


def _random(plan: Plan, part: int) -> np.random.Generator:
    return np.random.default_rng([plan.seed, part])
