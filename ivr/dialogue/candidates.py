"""Candidates: the things a caller may mean, with their phrases looked up once for many turns."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process

from ivr.dialogue.matching import SoundMatcher, matcher_for
from ivr.dialogue.wording import core, plain


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something the caller may mean, and the phrases for it in the call's language."""

    name: str
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a candidate's closest phrase, as written, is like an utterance, 0 to 1."""

    name: str
    phrase: str
    score: float


class PhraseSet:
    """All that can be worked out of a set of candidates before anything is said; immutable.

    `by_text` and `by_core` find the first candidate, with its phrase, that is written so in plain
    and without polite filling.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self.candidates = tuple(candidates)
        self.by_text: dict[str, tuple[Candidate, str]] = {}
        self.by_core: dict[str, tuple[Candidate, str]] = {}
        self._texts: list[tuple[str, int]] = []
        self._cores: list[tuple[str, int, str]] = []
        for number, candidate in enumerate(self.candidates):
            for phrase in candidate.phrases:
                text, bare = plain(phrase), core(phrase)
                self.by_text.setdefault(text, (candidate, phrase))
                self.by_core.setdefault(bare, (candidate, phrase))
                self._texts.append((text, number))
                self._cores.append((bare, number, phrase))
        self._written = [bare for bare, _, _ in self._cores]

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        return tuple(phrase for one in self.candidates for phrase in one.phrases)

    @cached_property
    def sounds(self) -> SoundMatcher:
        return matcher_for(tuple((one.name, one.phrases) for one in self.candidates))

    def texts_in(self, text: str) -> dict[int, list[str]]:
        """The plain phrases that are part of a text, by the candidate's place."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for one, number in self._texts:
            if one in text:
                found[number].append(one)
        return found

    def cores_in(self, text: str) -> dict[int, list[tuple[str, str]]]:
        """The cores that are part of a text with their phrases, by the candidate's place."""
        found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
        for bare, number, phrase in self._cores:
            if bare in text:
                found[number].append((bare, phrase))
        return found

    def closest(self, bare: str) -> tuple[Likeness, ...]:
        """The two candidates with the phrases that are written most like this, closest first."""
        best: dict[int, Likeness] = {}
        for _, ratio, at in process.extract(bare, self._written, scorer=fuzz.ratio, limit=None):
            _, number, phrase = self._cores[at]
            known, score = best.get(number), ratio / 100
            if known is not None:
                if score == known.score and phrase > known.phrase:
                    best[number] = Likeness(known.name, phrase, score)
            elif len(best) < 2:
                best[number] = Likeness(self.candidates[number].name, phrase, score)
            else:
                break
        for number, one in enumerate(self.candidates):
            if len(best) < 2:
                best.setdefault(number, Likeness(one.name, "", 0.0))
        return tuple(best.values())
