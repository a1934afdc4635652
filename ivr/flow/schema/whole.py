"""The whole schema of a flow file."""

import json

from ivr.flow.budget import MAX_BUDGET_KEYS, MAX_BUDGET_SECONDS
from ivr.flow.calendars import HOLIDAYS
from ivr.flow.read_logic import MAX_LOOKUP_SECONDS, MAX_RETRIES, METHODS
from ivr.flow.reader import MAX_LANGUAGES
from ivr.flow.schema.asking import ASKING, CHOICE_KEYS, INPUT, LADDER, RUNG
from ivr.flow.schema.nodes import KIND_SCHEMAS, node_schema
from ivr.flow.schema.parts import (
    LANGUAGE_SCHEMA,
    NAME_SCHEMA,
    SHARED,
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

FILE_NAME = "schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_COMMAND = mapping({key: CHOICE_KEYS[key] for key in ("key", "phrases", "goto", "language")})

_CALENDAR = mapping(
    {
        "timezone": told(TEXT, "For example Asia/Shanghai."),
        "hours": told(each(WORDS), "By day or days (mon-fri): 09:00-17:00, a list, or closed."),
        "holidays": one_of(HOLIDAYS),
        "days": told(each(WORDS), "Exceptions by date (2026-05-01)."),
    },
    ["hours"],
)

_LOOKUP = mapping(
    {
        "method": one_of(METHODS),
        "url": {"type": "string", "pattern": "^(https?://|hotline:callback$)"},
        "headers": each(TEXT),
        "secrets": told(each(TEXT), "Headers filled from secrets of the server, by name."),
        "body": each(TEXT),
        "timeout": number(0.1, MAX_LOOKUP_SECONDS),
        "retries": whole(0, MAX_RETRIES),
        "answer": told(each(TEXT), "A name for each dotted path of the JSON answer."),
        "statuses": told(each(TEXT), "An exit for each HTTP status."),
    },
    ["url"],
)

FLOW_KEYS: dict[str, Schema] = {
    "flow": told(NAME_SCHEMA, "The flow's name."),
    "languages": told(
        one_or_many(LANGUAGE_SCHEMA) | {"maxItems": MAX_LANGUAGES},
        "The first is spoken until the caller chooses another.",
    ),
    "start": told(ref("node"), "The first node of a call."),
    "input": ref("input"),
    "noinput": ASKING["noinput"],
    "nomatch": ASKING["nomatch"],
    "commands": told(
        each({"anyOf": [_COMMAND, ref("node"), {"const": False}, {"type": "null"}]}),
        "What may be said or pressed at any question.",
    ),
    "variables": each(TEXT, NAME_SCHEMA),
    "parameters": told(WORDS, "Variables that a calling flow fills."),
    "calendars": each(_CALENDAR),
    "lookups": each(_LOOKUP),
    "budget": mapping(
        {
            "time_to_human": told(
                number(1, MAX_BUDGET_SECONDS), "Seconds to an agent's queue at worst."
            ),
            "key_presses": told(whole(1, MAX_BUDGET_KEYS), "Key presses to it at worst."),
        }
    ),
    "did_you_mean": told(ref("prompt"), "Asks whether an unsure choice was right: {choice}."),
    "follow_up": told(ref("prompt"), "Offers a wish named beside another one: {choice}."),
    "did_you_say": told(ref("prompt"), "Asks whether an unsure value was right: {value}."),
    "apology": told(ref("prompt"), "Said when the flow itself failed."),
    "nodes": told(each(ref("any_node"), NAME_SCHEMA), "The nodes by name."),
}


def flow_schema() -> Schema:
    """JSON Schema (draft 2020-12) of one flow file; the reader checks what a schema cannot say."""
    kinds = list(KIND_SCHEMAS)
    return {
        "$schema": DIALECT,
        "title": "A flow of the ivr hotline",
        **mapping(FLOW_KEYS, ["flow", "start", "nodes"]),
        "$defs": {
            **SHARED,
            "input": told(INPUT, "How a question waits for its answer."),
            "rung": RUNG,
            "ladder": LADDER,
            "any_node": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": told(one_of(kinds), "What kind of node this is.")},
                "allOf": [
                    {
                        "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                        "then": ref(f"{kind}_node"),
                    }
                    for kind in kinds
                ],
            },
            **{f"{kind}_node": node_schema(kind) for kind in kinds},
        },
    }


def schema_text() -> str:
    """The schema as it stands in flows/schema.json."""
    return json.dumps(flow_schema(), ensure_ascii=False, indent=2) + "\n"
