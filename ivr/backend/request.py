"""Request: a flow's lookup and its arguments -> what goes over the wire; pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ivr.backend.secrets import Secrets
from ivr.errors import BackendError
from ivr.flow.nodes.lookup import HttpAction

MAX_ARGUMENT_CHARACTERS = 1000

_BLANK = re.compile(r"\{\s*([a-z][a-z0-9_.]*)\s*\}")
_LINE_BREAKS = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; all but the method may hold secrets or what the caller said."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: Mapping[str, Any] | None = field(repr=False)


def request_of(action: HttpAction, arguments: Mapping[str, Any], secrets: Secrets) -> Request:
    """Fill the blanks of a lookup.

    Raises:
        BackendError: if a secret is missing or an argument cannot be sent; the text names neither
            secrets nor arguments.
    """
    headers = {"Accept": "application/json", **action.headers}
    for header, name in action.secrets.items():
        secret = secrets.get(name)
        if secret is None:
            raise BackendError(f"lookup {action.name}: there is no secret {name}")
        headers[header] = secret
    if any(_LINE_BREAKS.search(part) for pair in headers.items() for part in pair):
        raise BackendError(f"lookup {action.name}: a header holds a line break")
    body = {key: _value(text, arguments) for key, text in action.body.items()}
    return Request(action.method, _url(action, arguments), headers, body or None)


def _url(action: HttpAction, arguments: Mapping[str, Any]) -> str:
    """Blanks become single parts of a path or query: no argument changes where the request goes."""

    def filled(blank: re.Match[str]) -> str:
        text = _text(arguments.get(blank[1]))
        if text in (".", ".."):
            raise BackendError(f"lookup {action.name}: an argument is no part of a path")
        return quote(text, safe="")

    return _BLANK.sub(filled, action.url)


def _value(text: str, arguments: Mapping[str, Any]) -> Any:
    """`{amount}` alone keeps the argument's type; within a text it is text."""
    whole = _BLANK.fullmatch(text)
    if whole:
        value = arguments.get(whole[1])
        return value if isinstance(value, bool | int | float) else _text(value)
    return _BLANK.sub(lambda blank: _text(arguments.get(blank[1])), text)


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:MAX_ARGUMENT_CHARACTERS]
