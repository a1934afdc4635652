"""Heard values: what a caller said in answer to a collect node -> its value, whole or in part."""

from dataclasses import dataclass, field
from datetime import date

from ivr.dialogue.spoken_values import spoken_digits
from ivr.dialogue.values import Partial, Result, Value, parse
from ivr.dialogue.values.kinds import MAX_ALTERNATIVES
from ivr.flow.calendars import moment
from ivr.flow.nodes.collect import Collect
from ivr.flow.slot_types import HELD_FROM

_DIGITS = ("digits", "id_number", "card_number", "phone")
_SOME_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class HeardValue:
    """`value` may be a part only; `rest` is what was strange beside it.

    `ranked` is true where it came from a further guess of the recogniser, not from its best one.
    `more` tells what is there and what is missing, where the caller is to go on with the rest.
    """

    value: str = field(metadata={"private": True})
    rest: str = field(default="", metadata={"private": True})
    more: str = field(default="", metadata={"private": True})
    ranked: bool = False


def heard_value(
    node: Collect, text: str, language: str, now: str, alternatives: tuple[str, ...], held: str
) -> HeardValue:
    """The node's value in `text`, going on from `held`, the part heard before."""
    here = moment(now)

    def parsed(text: str) -> Result:
        return parse(
            node.type,
            text,
            language,
            today=here.date() if here else _SOME_DAY,
            length=(node.shortest, node.longest) if node.type == "digits" else None,
            held=Partial(node.type, held, 1) if held else None,
        )

    found = parsed(text)
    if isinstance(found, Partial):  # nothing like a value at all may be a command
        guesses = (parsed(guess) for guess in alternatives[:MAX_ALTERNATIVES])
        whole = next((guess for guess in guesses if isinstance(guess, Value)), None)
        if whole is not None:
            return HeardValue(whole.normal, ranked=True)
    rest = spoken_digits(text, language).rest if node.type in _DIGITS else ""
    if isinstance(found, Value):
        return HeardValue(found.normal, rest)
    if isinstance(found, Partial) and node.type in _DIGITS:
        goes_on = found.problem == "short" and node.longest >= HELD_FROM
        more = found.tell(language) if goes_on and len(found.heard) > len(held) else ""
        return HeardValue(found.heard, rest, more)
    return HeardValue("", text)
