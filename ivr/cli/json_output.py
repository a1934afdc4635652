"""JSON on stdout, for programs: Mandarin as it is written, not as escapes."""

import json
from typing import Any


def print_json(value: Any) -> None:
    """One JSON value, indented."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_json_line(value: Any) -> None:
    """One JSON value on one line, at once."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
