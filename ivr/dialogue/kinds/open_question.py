"""Open question: words that are no phrase of a menu -> the choice whose intent they express."""

from collections.abc import Iterable
from dataclasses import replace

from ivr.dialogue.intents.of_book import scorer_of
from ivr.dialogue.intents.reading import IntentReading
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import UNKNOWN_COST, Band, Match
from ivr.dialogue.wording import UNKNOWN
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu
from ivr.ports import Utterance

VERY_SURE = 0.9
"""Least certainty at which an intent is taken without asking the caller."""


def by_intent(
    talk: Talk,
    node: Menu,
    utterance: Utterance,
    choices: Iterable[tuple[str, Choice]],
    refused: Match,
) -> Match:
    """The choice that an utterance asks for, or why it is still none; `refused` came before.

    The caller is asked whether it was meant, unless it is all but certain and the only wish.
    Of several wishes the first that stands for a choice here counts; the others are told, those
    with a choice under "later". Phrases of several choices that no word joins stay refused: a
    closed grammar makes them of noise.
    """
    scorer = scorer_of(talk.book)
    words = [word for word in utterance.words if word.text != UNKNOWN]
    if scorer is None or not words:
        return refused
    text = " ".join(word.text for word in words)
    unknown = len(utterance.words) - len(words)
    whole = scorer.read(text)
    facts = {"heard": text, "unknown_words": unknown, "how": "intent", **_facts(whole)}
    why = f"{refused.why}; intent {whole.why}"
    if refused.mixed and not whole.also:
        return replace(refused, why=why, facts=facts)
    standing = dict(choices_by_intent(choices, scorer.choices))
    wishes = [(one, standing[one.name]) for one in (whole, *whole.also) if one.name in standing]
    if wishes:
        (reading, name), others = wishes[0], wishes[1:]
        facts["later"] = list(dict.fromkeys(other for _, other in others if other != name))
        confidence = sum(word.confidence for word in words) / len(words)
        score = reading.probability - UNKNOWN_COST * min(unknown, 2)
        certainty = max(0.0, score * confidence)
        band = _band(certainty, node, alone=len(whole.names) == 1)
        facts |= {"certainty": round(certainty, 3), "band": str(band)}
        shown = f"{why}: {name}, certainty {certainty:.2f}: {band}"
        if band is not Band.REJECT:
            shown = shown.removeprefix("nomatch: ")
        return Match("" if band is Band.REJECT else name, band, certainty, shown, facts)
    if whole.name:
        why += "; no choice here stands for it"
    return Match("", Band.REJECT, 0.0, why, facts)


def choices_by_intent(
    choices: Iterable[tuple[str, Choice]], trained: dict[str, tuple[str, ...]]
) -> Iterable[tuple[str, str]]:
    """Intents with the full name of the choice that stands for each.

    A choice stands for the intents that were trained with its phrases (`trained`), for the one in
    its own `intent`, and for the one of its own name.
    """
    owned = [(f"{owner}.{choice.name}", choice) for owner, choice in choices]
    for name, choice in owned:
        yield choice.name, name
    for name, choice in owned:
        if choice.intent:
            yield choice.intent, name
    here = {name for name, _ in owned}
    for intent, names in trained.items():
        for name in names:
            if name in here:
                yield intent, name


def _band(certainty: float, node: Menu, *, alone: bool) -> Band:
    if certainty < node.input.reject:
        return Band.REJECT
    sure = alone and certainty >= max(node.input.accept, VERY_SURE)
    return Band.ACCEPT if sure else Band.CONFIRM


def _facts(reading: IntentReading) -> dict[str, object]:
    """What a supervisor sees of it: a wish that is not followed now is not lost."""
    facts: dict[str, object] = {
        "intents": list(reading.names),
        "in_scope": round(reading.in_scope, 3),
        "probability": round(reading.probability, 3),
    }
    if reading.info is not None:
        facts |= {"class": reading.info.group, "urgency": reading.info.urgency}
    return facts
