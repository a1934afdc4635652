"""Scorer: an utterance and a set of phrases -> the phrase it sounds like, and how probably."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from ivr.dialogue.matching.alignment import cost, gap
from ivr.dialogue.matching.coarse import coarse
from ivr.dialogue.matching.likelihood import ENGLISH, MANDARIN, NOTHING, evidence, probabilities
from ivr.dialogue.matching.reasons import reason
from ivr.dialogue.matching.sounds import Sound, sounds
from ivr.dialogue.wording import core, plain

SHORTLIST = 6
"""Phrases compared sound by sound, chosen by a coarse comparison of all of them."""

LEAST_COARSE = 0.45
LEAST_COARSE_WITHIN = 80.0
"""Coarse likeness under which a phrase is not looked at more closely: 0 to 1, and in percent."""

WITHIN_SYLLABLES = 3.0
"""Shorter phrases are not looked for inside longer utterances: chance finds them there."""

WITHIN_COST = 0.09
"""How far, for each syllable, a phrase inside an utterance may be from what was said there."""

EXTRA_COST = 0.03
"""What each syllable around such a phrase takes from its likeness."""

Named = tuple[str, tuple[str, ...]]
"""A candidate's name and its phrases."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One candidate as the meaning of an utterance.

    `likeness` is 0 to 1; `probability` is calibrated against the other candidates and against
    none of them being meant.
    """

    name: str
    phrase: str = field(metadata={"private": True})
    likeness: float
    probability: float
    said: str = field(metadata={"private": True})

    @property
    def why(self) -> str:
        """Which sounds differ: `挂失 ~ 挂是: 声母 sh/sh, 韵母 i/i, 声调 1/4, 分数 0.93`."""
        return reason(self.said, core(self.phrase), self.probability)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    phrase: str
    sounds: tuple[Sound, ...]
    weight: float

    def evidence(self, likeness: float) -> float:
        """Log odds that this phrase was said, if it sounds so much like what was heard."""
        mandarin = any(sound.is_syllable for sound in self.sounds)
        return evidence(likeness, self.weight, MANDARIN if mandarin else ENGLISH)


class SoundMatcher:
    """A set of candidates with their sounds looked up once; share it between calls."""

    def __init__(self, candidates: Iterable[Named]) -> None:
        self._entries = [
            _Entry(name, phrase, heard, sum(sound.weight for sound in heard))
            for name, phrases in candidates
            for phrase in phrases
            for form in dict.fromkeys((core(phrase), plain(phrase)))
            if (heard := sounds(form))
        ]
        self._coarse = [coarse(entry.sounds) for entry in self._entries]
        self._long = {
            at: self._coarse[at]
            for at, entry in enumerate(self._entries)
            if entry.weight >= WITHIN_SYLLABLES
        }

    def read(self, text: str) -> tuple[Reading, ...]:
        """Candidates that the text may stand for, the most probable first; maybe none."""
        found = self.likenesses(text)
        odds = [entry.evidence(likeness) for entry, likeness in found]
        readings = [
            Reading(entry.name, entry.phrase, likeness, probability, core(text))
            for (entry, likeness), probability in zip(found, probabilities(odds), strict=True)
        ]
        return tuple(sorted(readings, key=lambda reading: -reading.probability))

    def likenesses(self, text: str) -> list[tuple[_Entry, float]]:
        """Each candidate's best phrase and how alike it sounds, 0 to 1; unlikely ones left out."""
        best: dict[str, tuple[_Entry, float]] = {}
        for form in dict.fromkeys((core(text), plain(text))):
            for entry, likeness in self._alike(sounds(form)):
                if likeness >= NOTHING and likeness > best.get(entry.name, (entry, 0.0))[1]:
                    best[entry.name] = (entry, likeness)
        return list(best.values())

    def _alike(self, said: tuple[Sound, ...]) -> Iterator[tuple[_Entry, float]]:
        if said and self._entries:
            weight = sum(sound.weight for sound in said)
            for at, within in self._shortlist(coarse(said)).items():
                yield self._entries[at], _likeness(said, weight, self._entries[at], within)

    def _shortlist(self, code: str) -> dict[int, bool]:
        """Places of entries worth a closer look, and whether inside the utterance as well."""
        whole = process.extract(
            code,
            self._coarse,
            scorer=Levenshtein.normalized_similarity,
            limit=SHORTLIST,
            score_cutoff=LEAST_COARSE,
        )
        inside = process.extract(
            code,
            self._long,
            scorer=fuzz.partial_ratio,
            limit=SHORTLIST // 2,
            score_cutoff=LEAST_COARSE_WITHIN,
        )
        return {at: False for _, _, at in whole} | {at: True for _, _, at in inside}


@lru_cache(maxsize=256)
def matcher_for(candidates: tuple[Named, ...]) -> SoundMatcher:
    """The matcher of these candidates, made at their first use."""
    return SoundMatcher(candidates)


def _likeness(said: Sequence[Sound], weight: float, entry: _Entry, within: bool) -> float:
    """Of the whole utterance to the phrase, or of the part of it that sounds like the phrase."""
    whole = 1 - cost(said, entry.sounds) / max(weight, entry.weight)
    if not within or weight <= entry.weight:
        return whole
    apart = cost(said, entry.sounds, free_ends=True) / entry.weight
    if apart > WITHIN_COST:
        return whole
    extra = sum(gap(sound) for sound in said) - entry.weight
    return max(whole, 1 - apart - EXTRA_COST * max(0.0, extra))
