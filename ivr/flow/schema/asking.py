"""Schema of what all questions share: input settings, ladders, choices."""

from ivr.flow.input_settings import MAX_SECONDS
from ivr.flow.read_asking import MAX_RUNGS, MAX_SPEECH_TIMEOUT
from ivr.flow.schema.parts import (
    FLAG,
    LANGUAGE_SCHEMA,
    NAME_SCHEMA,
    Schema,
    mapping,
    number,
    ref,
    told,
    whole,
)

INPUT = mapping(
    {
        "bargein": told(FLAG, "May the caller interrupt the prompt?"),
        "speech": told(FLAG, "Does speech count here, or only keys?"),
        "timeout": told(
            number(0.1, MAX_SECONDS), "Seconds of silence after the prompt until noinput."
        ),
        "speech_timeout": told(
            number(0.05, MAX_SPEECH_TIMEOUT),
            "Seconds of silence that end a turn, whatever was said.",
        ),
        "hints": told(ref("phrases"), "Sentences the recogniser should know here besides."),
        "interdigit_timeout": told(number(0.1, MAX_SECONDS), "Seconds between two keys."),
        "finish_on_key": told(ref("key"), "The key that ends an entry."),
        "complete_ms": told(whole(50, 10_000), "Pause that ends an answer that is complete."),
        "extendable_ms": told(whole(50, 10_000), "The same, where an answer could go on."),
        "incomplete_ms": told(whole(50, 10_000), "The same, where an answer must go on."),
        "max_seconds": told(number(1, MAX_SECONDS), "The longest turn."),
        "reject": told(number(0, 1), "Less sure than this is a nomatch."),
        "accept": told(number(0, 1), "Surer than this is taken without asking."),
    }
)

RUNG = mapping(
    {
        "prompt": ref("prompt"),
        "goto": told(ref("node"), "Where to go instead of asking again."),
        "repeat": told(FLAG, "Say the node's question again."),
        "keypad_only": told(FLAG, "From here on only keys count in this node."),
    }
)

LADDER: Schema = {
    "anyOf": [
        ref("rung"),
        ref("prompt"),
        {
            "type": "array",
            "maxItems": MAX_RUNGS,
            "items": {"anyOf": [ref("rung"), ref("prompt")]},
        },
    ]
}

CHOICE_KEYS: dict[str, Schema] = {
    "key": ref("key"),
    "phrases": ref("phrases"),
    "label": told(ref("prompt"), "How the choice is named back to the caller."),
    "goto": ref("node"),
    "intent": told(NAME_SCHEMA, "What the caller wants, for agents and records."),
    "language": told(LANGUAGE_SCHEMA, "The talk goes on in this language."),
    "when": told(ref("formula"), "The choice is there only while this holds."),
    "say": told(ref("prompt"), "How a menu with an order of its own mentions the choice."),
}
CHOICE = mapping(CHOICE_KEYS, ["goto"])
ANSWER: Schema = {"anyOf": [ref("node"), CHOICE]}

ASKING: dict[str, Schema] = {
    "prompt": ref("prompt"),
    "input": ref("input"),
    "noinput": told(ref("ladder"), "What is said or done at each silence."),
    "nomatch": told(ref("ladder"), "What is said or done at each answer not understood."),
    "help": told(ref("prompt"), 'What "help" answers here.'),
}
