"""Fills `{{name}}` placeholders, strictly."""

import re
from collections.abc import Mapping

from ivr.errors import AsteriskError

__all__ = ["fill", "placeholders"]

_PLACEHOLDER = re.compile(r"\{\{([a-z_]+)\}\}")
_FORBIDDEN = re.compile(r"[\r\n\0]")


def placeholders(template: str) -> frozenset[str]:
    """The names that `template` asks for."""
    return frozenset(_PLACEHOLDER.findall(_without_comments(template)))


def fill(
    template: str, values: Mapping[str, object], blocks: Mapping[str, str] | None = None
) -> str:
    """`template` with each `{{name}}` replaced.

    `values` are single-line; `blocks` are finished text of ours that may hold several lines.
    Comments are filled where a value is there, and left alone otherwise.

    Raises:
        AsteriskError: a placeholder without a value, a value without a placeholder, or a value
            with CR, LF or NUL, which would begin a setting of its own.
    """
    for name, value in values.items():
        if _FORBIDDEN.search(str(value)):
            raise AsteriskError(f"the value of {name} holds a line break or NUL")
    given = {**{name: str(value) for name, value in values.items()}, **(blocks or {})}
    wanted = placeholders(template)
    if unknown := wanted - given.keys():
        raise AsteriskError(f"no value for {', '.join(sorted(unknown))}")
    if unused := given.keys() - wanted:
        raise AsteriskError(f"nothing asks for {', '.join(sorted(unused))}")
    return _PLACEHOLDER.sub(lambda match: given.get(match[1], match[0]), template)


def _without_comments(template: str) -> str:
    return "\n".join(line for line in template.splitlines() if not line.lstrip().startswith(";"))
