"""Updating: writes what happened into a test file in place of what was expected."""

import json
import re
from collections.abc import Iterable

import yaml

from ivr.rehearsal.expectation import Failure

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[\w\u3400-\u9fff](?:[\w\u3400-\u9fff ./'-]*[\w\u3400-\u9fff])?")


def updated(text: str, failures: Iterable[Failure]) -> tuple[str, int]:
    """The file's text with each value that can be bettered replaced, and how many were.

    Only the values themselves change: comments, order and spacing stay. What no single value can
    mend (`absent`, `pattern`, `within_ms`, `why`) is left for its author.
    """
    better = {
        (failure.scalar.place.line, failure.scalar.place.column): failure.better
        for failure in failures
        if failure.scalar is not None and failure.better is not None
    }
    spans = []
    for node in _scalars(yaml.compose(text, Loader=_LOADER)):
        place = (node.start_mark.line + 1, node.start_mark.column + 1)
        if place in better:
            spans.append((node.start_mark.index, node.end_mark.index, better[place]))
    for start, end, value in sorted(spans, reverse=True):
        text = text[:start] + written(value) + text[end:]
    return text, len(spans)


def written(value: str) -> str:
    """A value as YAML: plain where that is safe, else in double quotes."""
    if _PLAIN.fullmatch(value):
        node = yaml.compose(value, Loader=_LOADER)
        if isinstance(node, yaml.ScalarNode) and str(node.tag).endswith(":str"):
            return value
    return json.dumps(value, ensure_ascii=False)


def _scalars(node: yaml.Node | None) -> Iterable[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(key)
            yield from _scalars(value)
