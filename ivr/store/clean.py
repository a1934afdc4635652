"""What may go into a column or a query: no NUL, no lone surrogate, nothing longer than it holds."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, String

from ivr.errors import QueryError

MAX_LIMIT = 1000
"""Rows one question may ask for; more come page by page."""
MAX_TEXT = 4000
MAX_ITEMS = 1000
MAX_NUMBER = 1e11
"""Neither a moment nor a span is larger."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` as every database takes it: NUL (which PostgreSQL refuses) and halves of surrogate
    pairs (which are no characters) become U+FFFD."""
    return _NO_TEXT.sub("\ufffd", text)


def clipped(text: str, column: Column[Any]) -> str:
    """`text` made plain and cut to what the column holds."""
    length = column.type.length if isinstance(column.type, String) else None
    return plain(text)[:length]


def limited(limit: int) -> int:
    """Raises QueryError for a number of rows nobody can mean."""
    if not 1 <= limit <= MAX_LIMIT:
        raise QueryError(f"limit must be 1 to {MAX_LIMIT}, not {limit}")
    return limit


# -- values of records, which may hold anything ----------------------------------------------------


def text_of(value: object) -> str:
    """A text made plain and bounded; "" for anything else."""
    return plain(value[:MAX_TEXT]) if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= MAX_NUMBER else None


def integer(value: object) -> int:
    """A whole number that a column holds; 0 for anything else."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 31
    return value if isinstance(value, int) and fits else 0


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> Sequence[Any]:
    """A list, cut to what one turn can hold; nothing for anything else."""
    return value[:MAX_ITEMS] if isinstance(value, list | tuple) else ()
