"""Understanding: an utterance and what may be meant -> the one thing meant, or none, and why."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from ivr.dialogue.candidates import Candidate, Likeness, PhraseSet
from ivr.dialogue.matching import Reading
from ivr.dialogue.wording import UNKNOWN, core, plain, tokens
from ivr.ports import Utterance

CLOSE = 0.72
"""Least likeness of two phrases, 0 to 1, that counts as the same thing said."""

LEAD = 0.06
"""How much likelier than the second the best one must be."""

SOUNDS_LIKE = 0.35
"""Least probability of a phrase, by its sound, that counts as the same thing said."""

SURELY = 0.8
"""Probability by sound at which a whole phrase beats a shorter one that is in the utterance."""

UNKNOWN_COST = 0.1
"""What each stretch of unknown speech takes from the score, at most twice."""


class Band(StrEnum):
    """What to do with what was understood."""

    ACCEPT = "accept"
    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Match:
    """`name` is the candidate meant, empty for none. `why` says it in one line.

    `certainty` (0 to 1) is how well the words fit times the recogniser's confidence in them.
    """

    name: str
    band: Band
    certainty: float
    why: str = field(metadata={"private": True})
    mixed: bool = field(default=False, kw_only=True)
    """None was taken because phrases of several candidates were heard."""

    facts: Mapping[str, object] = field(
        default_factory=lambda: MappingProxyType({}), metadata={"private": True}
    )


@dataclass(frozen=True, slots=True)
class _Fit:
    name: str
    phrase: str
    how: str
    score: float
    why: str = ""
    """Which sounds differ."""


class _Mixture(str):
    """Why words of several candidates are none of them."""

    __slots__ = ()


def choose(
    utterance: Utterance,
    candidates: PhraseSet | Sequence[Candidate],
    *,
    reject: float,
    accept: float,
) -> Match:
    """The candidate meant by an utterance; who asks often makes a `PhraseSet` once.

    In this order: the whole utterance is a phrase; it is one without polite filling; it holds the
    phrases of exactly one candidate; it is close to a phrase, or sounds like one. Words of
    several candidates that make up no phrase are a mixture, which a run-time grammar accepts and
    we do not.
    """
    words = [word for word in utterance.words if word.text != UNKNOWN]
    unknown = len(utterance.words) - len(words)
    text = plain(" ".join(word.text for word in words))
    if not text:
        heard = "only words outside the grammar" if unknown else "no words"
        return _none(f"nomatch: {heard}", text, unknown)
    confidence = sum(word.confidence for word in words) / len(words)
    among = candidates if isinstance(candidates, PhraseSet) else PhraseSet(candidates)
    fit = _fit(text, among)
    if isinstance(fit, str):
        mixed = isinstance(fit, _Mixture)
        return replace(_none(f"nomatch: {fit}", text, unknown, confidence), mixed=mixed)
    score = fit.score - UNKNOWN_COST * min(unknown, 2)
    return _banded(fit, text, score, confidence, unknown, reject=reject, accept=accept)


def _banded(
    fit: _Fit,
    text: str,
    score: float,
    confidence: float,
    unknown: int,
    *,
    reject: float,
    accept: float,
) -> Match:
    certainty = max(0.0, score * confidence)
    band = band_of(certainty, reject=reject, accept=accept)
    shown = f" ({fit.why})" if fit.why else ""
    why = (
        f'"{text}" {fit.how} "{fit.phrase}" of {fit.name}{shown}, certainty {certainty:.2f}: {band}'
    )
    facts = {
        "heard": text,
        "phrase": fit.phrase,
        "how": fit.how,
        "score": round(score, 3),
        "confidence": round(confidence, 3),
        "certainty": round(certainty, 3),
        "unknown_words": unknown,
        "band": str(band),
    }
    return Match("" if band is Band.REJECT else fit.name, band, certainty, why, facts)


def band_of(certainty: float, *, reject: float, accept: float) -> Band:
    if certainty < reject:
        return Band.REJECT
    return Band.ACCEPT if certainty >= accept else Band.CONFIRM


def _none(why: str, text: str, unknown: int, confidence: float = 0.0) -> Match:
    facts = {"heard": text, "unknown_words": unknown, "confidence": round(confidence, 3)}
    return Match("", Band.REJECT, 0.0, why, facts)


def _fit(text: str, among: PhraseSet) -> _Fit | str:
    """The best fit, or why there is none."""
    bare = core(text)
    if said := among.by_text.get(text):
        return _Fit(said[0].name, said[1], "is", 1.0)
    if said := among.by_core.get(bare):
        return _Fit(said[0].name, said[1], "is, but for polite words,", 0.98)
    repeated = [at for at, parts in among.texts_in(text).items() if not _left(text, parts)]
    if len(repeated) == 1:
        one = among.candidates[repeated[0]]
        return _Fit(one.name, one.phrases[0], "says over and over, as in", 0.95)
    held = _contained(text, among)
    if isinstance(held, str):
        return held
    readings = among.sounds.read(text)
    if held is None:
        return _heard_as(bare, readings, among)
    if readings and readings[0].name != held.name:
        best = readings[0]
        longer = len(tokens(core(best.phrase))) > len(tokens(core(held.phrase)))
        if longer and best.probability >= SURELY:
            return _sounding(best)
    return held


def _contained(text: str, among: PhraseSet) -> _Fit | str | None:
    """A phrase inside the utterance; several candidates' phrases make a mixture."""
    found: list[tuple[Candidate, str, str]] = []
    for at, parts in among.cores_in(text).items():
        inside = [(bare, phrase) for bare, phrase in parts if holds(text, bare)]
        if inside:
            bare, phrase = max(inside, key=lambda pair: len(pair[0]))
            found.append((among.candidates[at], phrase, bare))
    longest = [one for one in found if not any(_covers(other[2], one[2]) for other in found)]
    if len(longest) > 1:
        names = ", ".join(one[0].name for one in longest)
        return _Mixture(f'"{text}" mixes phrases of {names}')
    if not longest:
        return None
    candidate, phrase, _ = longest[0]
    rest = _without(text, candidate)
    stolen = _stolen(rest, candidate, among.candidates)
    if stolen:
        return _Mixture(f'"{text}" mixes "{phrase}" with words of {stolen}')
    said = len(tokens(core(text)))
    share = min(1.0, len(tokens(core(phrase))) / said)
    return _Fit(candidate.name, phrase, "holds", 0.7 + 0.25 * share)


def holds(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text, at word borders where the language has them."""
    if len(tokens(phrase)) < 2 and tokens(phrase) != tokens(text) and not phrase.isascii():
        return False
    if phrase.isascii():
        return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
    return phrase in text


def _covers(longer: str, shorter: str) -> bool:
    return longer != shorter and shorter in longer


def _without(text: str, candidate: Candidate) -> list[str]:
    """What is left of a text once the candidate's own phrases are taken out."""
    inside = (phrase for phrase in map(core, candidate.phrases) if holds(text, phrase))
    return [core(piece) for piece in _left(text, inside) if core(piece)]


def _left(text: str, phrases: Iterable[str]) -> list[str]:
    """The pieces of a text between phrases, the longest of which are taken out first."""
    for phrase in sorted(phrases, key=len, reverse=True):
        if phrase.isascii():
            text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", "\n", text)
        else:
            text = text.replace(phrase, "\n")
    return [piece.strip() for piece in text.split("\n") if piece.strip()]


def _stolen(rest: list[str], own: Candidate, candidates: tuple[Candidate, ...]) -> str:
    """The candidate whose phrases the rest of an utterance comes from, if it does."""
    for piece in rest:
        if len(tokens(piece)) < 2 and not (piece.isascii() and len(piece) > 4):
            continue
        if any(piece in plain(phrase) for phrase in own.phrases):
            continue
        for candidate in candidates:
            if candidate is not own and any(piece in plain(p) for p in candidate.phrases):
                return candidate.name
    return ""


def _heard_as(bare: str, readings: Sequence[Reading], among: PhraseSet) -> _Fit | str:
    """The phrase that is written nearly so, unless another one sounds more like it."""
    close = _close(bare, among.closest(bare))
    if not readings or readings[0].probability < SOUNDS_LIKE:
        return close
    best, *others = readings
    if isinstance(close, _Fit) and close.name == best.name:
        return close
    if others and others[0].probability > best.probability / 2:
        return f'"{bare}" sounds as close to {best.name} as to {others[0].name}'
    return _sounding(best)


def _sounding(reading: Reading) -> _Fit:
    return _Fit(reading.name, reading.phrase, "sounds like", reading.probability, reading.why)


def _close(bare: str, fits: Sequence[Likeness]) -> _Fit | str:
    """The closest phrase, if it is close and no other candidate is nearly as close."""
    if not fits or fits[0].score < CLOSE:
        near = f'; the nearest is "{fits[0].phrase}" at {fits[0].score:.2f}' if fits else ""
        return f'"{bare}" is no phrase{near}'
    if len(fits) > 1 and fits[0].score - fits[1].score < LEAD:
        return f'"{bare}" is as close to {fits[0].name} as to {fits[1].name}'
    best = fits[0]
    return _Fit(best.name, best.phrase, "is close to", best.score)


__all__ = ["UNKNOWN_COST", "Band", "Candidate", "Match", "PhraseSet", "band_of", "choose", "holds"]
