"""Answer: the body of an HTTP answer -> the values a lookup names; pure."""

import json
from collections.abc import Mapping
from typing import Any

MAX_ANSWER_BYTES = 256 * 1024
MAX_TEXT = 500

Plain = str | int | float | bool


def values_of(body: bytes, answer: Mapping[str, str]) -> dict[str, Plain]:
    """The value at each dotted path ("data.accounts.0.name") that holds a plain value.

    What is not there is left out: the flow's node then takes its exit `bad_answer`.

    Raises:
        ValueError: if the body is no JSON; the text does not quote it.
    """
    if not answer:
        return {}
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_refused)
    except (ValueError, RecursionError):
        raise ValueError("the answer is no JSON") from None
    values = {name: _at(found, path) for name, path in answer.items()}
    return {name: value for name, value in values.items() if value is not None}


def _at(found: Any, path: str) -> Plain | None:
    for step in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(step)
        elif isinstance(found, list) and step.isdecimal() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    if isinstance(found, str):
        return found[:MAX_TEXT]
    return found if isinstance(found, bool | int | float) else None


def _refused(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
