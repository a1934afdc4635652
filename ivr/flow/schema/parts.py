"""Parts of the schema: the shapes that many keys share."""

from collections.abc import Iterable, Mapping
from typing import Any

from ivr.flow.fields import KEYS, LANGUAGE, NAME

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def told(schema: Schema, description: str) -> Schema:
    """With a sentence that editors show."""
    return {**schema, "description": description}


def mapping(properties: Mapping[str, Schema], required: Iterable[str] = (), **more: Any) -> Schema:
    """A mapping with these keys and no others."""
    schema: Schema = {
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    if needed := list(required):
        schema["required"] = needed
    return schema | more


def each(value: Schema, names: Schema | None = None) -> Schema:
    """A mapping with keys of the designer's own, all with the same kind of value."""
    schema: Schema = {"type": "object", "additionalProperties": value}
    return schema | ({"propertyNames": names} if names else {})


def one_or_many(value: Schema) -> Schema:
    return {"anyOf": [value, {"type": "array", "items": value}]}


def whole(low: int, high: int) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high}


def number(low: float, high: float) -> Schema:
    return {"type": "number", "minimum": low, "maximum": high}


def one_of(values: Iterable[str]) -> Schema:
    return {"enum": list(values)}


TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""What YAML reads as a number or a flag is a text all the same."""

FLAG: Schema = {"type": "boolean"}
WORDS = one_or_many(TEXT)
KEY: Schema = {"enum": [*KEYS, *range(10)]}
NODE: Schema = {"type": "string", "minLength": 1}
NAME_SCHEMA: Schema = {"type": "string", "pattern": f"^{NAME.pattern}$"}
LANGUAGE_SCHEMA: Schema = {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"}
FORMULA: Schema = told(
    {"type": ["string", "number", "boolean"]},
    'An expression, for example: tries < 3 and card != ""',
)


def by_language(value: Schema) -> Schema:
    return {"anyOf": [value, each(value, LANGUAGE_SCHEMA)]}


_PIECES = one_or_many({"anyOf": [TEXT, each(TEXT, LANGUAGE_SCHEMA)]})

SHARED: Mapping[str, Schema] = {
    "prompt": told(
        {"anyOf": [TEXT, {"type": "array"}, each(_PIECES, LANGUAGE_SCHEMA)]},
        "What is said: a text, or texts by language; {slot} is a blank that the call fills.",
    ),
    "phrases": told(
        by_language(WORDS),
        "What callers say: a phrase, a list, or both by language; (a|b)?c is three sentences.",
    ),
    "node": told(NODE, "The name of a node of this flow."),
    "key": told(KEY, "A key of the telephone."),
    "formula": FORMULA,
}
