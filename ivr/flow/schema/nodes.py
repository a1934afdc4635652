"""Schema of each kind of node: its keys and which of them must be there."""

from collections.abc import Mapping
from typing import NamedTuple

from ivr.flow.need import MAX_PROFICIENCY, MIN_PROFICIENCY
from ivr.flow.nodes.collect import CONFIRM_IF
from ivr.flow.nodes.menu import ORDERS
from ivr.flow.nodes.voicemail import WAYS
from ivr.flow.read_asking import MAX_CHOICES
from ivr.flow.read_logic import MAX_CASES, MAX_SHARE
from ivr.flow.read_transfer import MAX_QUEUE_SECONDS
from ivr.flow.read_voicemail import MAX_MESSAGE_SECONDS, MAX_SILENCE_SECONDS
from ivr.flow.schema.asking import ANSWER, ASKING, CHOICE, CHOICE_KEYS
from ivr.flow.schema.parts import (
    FLAG,
    NAME_SCHEMA,
    TEXT,
    WORDS,
    Schema,
    each,
    mapping,
    number,
    one_of,
    one_or_many,
    ref,
    told,
    whole,
)
from ivr.flow.slot_types import MAX_SLOT_DIGITS, SLOT_TYPES
from ivr.flow.steps import MAX_BEGINS, MAX_LOWER, MAX_STEPS, Tier
from ivr.ports import FLOW_OUTCOMES

_DIGITS = whole(1, MAX_SLOT_DIGITS)
_SLOT = told(NAME_SCHEMA, "The slot that keeps the answer.")
_EXITS = each(ref("node"))
_FORMULAS = each(ref("formula"))
_TEXTS = each(TEXT)

COLLECT: dict[str, Schema] = {
    **ASKING,
    "slot": _SLOT,
    "type": told(one_of(SLOT_TYPES), "What kind of value is asked for."),
    "length": told(_DIGITS, "Exactly so many digits."),
    "min": told(_DIGITS, "At least so many digits."),
    "max": told(_DIGITS, "At most so many digits."),
    "confirm": told(ref("prompt"), "Asked before the value is taken."),
    "choices": told(
        {**each(mapping(CHOICE_KEYS)), "maxProperties": MAX_CHOICES},
        "A free choice instead of a type: the slot keeps the name of the one chosen.",
    ),
    "confirm_if": told(one_of(CONFIRM_IF), "Whether it is always asked, or only when unsure."),
    "goto": ref("node"),
}

MENU: dict[str, Schema] = {
    **ASKING,
    "choices": told({**each(CHOICE), "maxProperties": MAX_CHOICES}, "The choices by name."),
    "also": told(one_or_many(ref("node")), "Menus whose phrases are understood here too."),
    "slot": _SLOT,
    "order": told(one_of(ORDERS), "In which order choices with a `say` are mentioned."),
    "mention": told(whole(0, MAX_CHOICES), "How many of them are mentioned; 0: all."),
    "holdout": told(whole(0, 100), "Per cent of callers who keep the written order."),
    "open": told(FLAG, "Free words that are no phrase here are read by the intent model."),
    "follow_up": told(FLAG, "A wish named beside another one is offered here first."),
    "other_keys": told(ref("node"), "Where a key counts as pressed that means nothing here."),
}

_FORM_SLOT = mapping(
    {
        key: value
        for key, value in (COLLECT | MENU).items()
        if key not in ("slot", "goto", "choices")
    }
    | {"choices": each(mapping(CHOICE_KEYS))}
)

_STEP = mapping(
    {
        "expires": told(whole(0, MAX_BEGINS), "Seconds of waiting at which this step ends."),
        "lower": told(whole(0, MAX_LOWER), "So much less proficiency is enough."),
        "tier": one_of(tier.label for tier in Tier),
        "skills": one_of(("any",)),
    }
)

TRANSFER: dict[str, Schema] = {
    "prompt": ref("prompt"),
    "whisper": told(ref("prompt"), "What the agent hears before the caller is joined."),
    "skills": told(
        {"anyOf": [each(whole(MIN_PROFICIENCY, MAX_PROFICIENCY)), WORDS]},
        "Skills with the least proficiency, 1 to 5.",
    ),
    "issue": NAME_SCHEMA,
    "caller_tier": NAME_SCHEMA,
    "priority": whole(0, 1000),
    "timeout": told(whole(5, MAX_QUEUE_SECONDS), "How long the caller waits, in seconds."),
    "steps": {"type": "array", "items": _STEP, "minItems": 1, "maxItems": MAX_STEPS},
    "exits": mapping(
        {outcome.value: ref("node") for outcome in FLOW_OUTCOMES}
        | {"otherwise": told(ref("node"), "For no_answer, busy and failed.")}
    ),
}


class Kind(NamedTuple):
    """Keys of one kind of node besides `kind`, and those that must be there."""

    keys: Mapping[str, Schema]
    required: tuple[str, ...]
    description: str


KIND_SCHEMAS: Mapping[str, Kind] = {
    "say": Kind(
        {"prompt": ref("prompt"), "goto": ref("node"), "bargein": FLAG},
        ("prompt", "goto"),
        "Speak a prompt to its end, then go on.",
    ),
    "menu": Kind(MENU, ("prompt", "choices"), "Ask the caller to choose one of a few things."),
    "collect": Kind(COLLECT, ("prompt", "slot", "goto"), "Ask for a value; keep it in a slot."),
    "confirm": Kind(
        {**ASKING, "yes": ANSWER, "no": ANSWER},
        ("prompt", "yes", "no"),
        "Ask a question that is answered by yes or no.",
    ),
    "survey": Kind(
        {
            **ASKING,
            "slot": _SLOT,
            "lowest": whole(0, 9),
            "highest": whole(0, 9),
            "goto": ref("node"),
        },
        ("prompt", "slot", "goto"),
        "Ask for a rating.",
    ),
    "form": Kind(
        {**ASKING, "slots": each(_FORM_SLOT), "confirm": ref("prompt"), "goto": ref("node")},
        ("prompt", "slots", "goto"),
        "Fill several slots in any order.",
    ),
    "transfer": Kind(TRANSFER, ("skills", "exits"), "Bring the caller to an agent."),
    "voicemail": Kind(
        {
            "prompt": ref("prompt"),
            "slot": told(NAME_SCHEMA, "The slot that keeps the recording's name."),
            "beep": told(FLAG, "Whether a tone says that the recording begins."),
            "max_seconds": told(number(1, MAX_MESSAGE_SECONDS), "The longest message."),
            "min_seconds": told(
                number(0, MAX_SILENCE_SECONDS), "With less speech the message is empty."
            ),
            "silence": told(number(0.5, MAX_SILENCE_SECONDS), "Silence that ends the message."),
            "finish_on_key": told(ref("key"), "The key that ends the message."),
            "goto": ref("node"),
            "exits": mapping({way: ref("node") for way in WAYS}),
        },
        ("goto", "exits"),
        "Let the caller leave a message after a tone.",
    ),
    "hangup": Kind(
        {"prompt": ref("prompt"), "reason": NAME_SCHEMA}, (), "Say goodbye and end the call."
    ),
    "set": Kind(
        {"values": _FORMULAS, "goto": ref("node")}, ("values", "goto"), "Give variables new values."
    ),
    "branch": Kind(
        {
            "cases": {
                "type": "array",
                "maxItems": MAX_CASES,
                "items": mapping({"when": ref("formula"), "goto": ref("node")}, ["when", "goto"]),
            },
            "otherwise": ref("node"),
        },
        ("cases", "otherwise"),
        "Go where the first condition that holds leads.",
    ),
    "split": Kind(
        {
            "test": NAME_SCHEMA,
            "arms": {
                **each(mapping({"share": whole(1, MAX_SHARE), "goto": ref("node")}, ["goto"])),
                "minProperties": 2,
            },
        },
        ("arms",),
        "Send callers different ways by fixed shares.",
    ),
    "lookup": Kind(
        {
            "lookup": NAME_SCHEMA,
            "with": _FORMULAS,
            "take": _TEXTS,
            "prompt": ref("prompt"),
            "goto": ref("node"),
            "exits": _EXITS,
        },
        ("lookup", "goto", "exits"),
        "Ask a system behind the hotline.",
    ),
    "subflow": Kind(
        {
            "flow": NAME_SCHEMA,
            "with": _FORMULAS,
            "take": _TEXTS,
            "goto": ref("node"),
            "exits": _EXITS,
        },
        ("flow",),
        "Walk through another flow and come back.",
    ),
    "return": Kind({"exit": NAME_SCHEMA}, (), "Come back from a sub-flow by a named exit."),
}


def node_schema(kind: str) -> Schema:
    keys, required, description = KIND_SCHEMAS[kind]
    return told(mapping({"kind": {"const": kind}, **keys}, ["kind", *required]), description)
