"""YAML text -> a bounded tree of plain values, each with its line and column.

Only the node graph of PyYAML's safe loader is used: no tags are built, and a scalar stays the text
that was written, so that a key `010`, a phrase `no` or an exit `yes` means what it says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import yaml

from ivr.flow.issues import Place

MAX_BYTES = 2_000_000
MAX_DEPTH = 24
MAX_VALUES = 200_000
"""Values in one file after anchors are followed."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as text. `tag` is the type YAML takes it for: str, int, bool, null, ..."""

    text: str
    place: Place
    tag: str = "str"

    @property
    def null(self) -> bool:
        return self.tag == "null"


@dataclass(frozen=True, slots=True)
class Listing:
    items: tuple["Tree", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `places` tells where each key stands."""

    entries: dict[str, "Tree"]
    places: dict[str, Place]
    place: Place


Tree = Scalar | Listing | Table

Report = Callable[[str, Place, str], None]
"""Takes the code, place and message of a fault."""


def read_tree(text: str, file: str, report: Report) -> Tree | None:
    """Read one document; None if there is nothing that could be read on.

    Every fault goes to `report`: yaml-syntax, too-big, duplicate-key, bad-key.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        report("too-big", Place(file), f"a flow file holds at most {MAX_BYTES} bytes")
        return None
    try:
        if (place := _too_deep(text, file)) is not None:
            report("too-big", place, f"more than {MAX_DEPTH} levels or {MAX_VALUES} values")
            return None
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        report("yaml-syntax", place, f"not YAML: {error.problem or error.context or 'unreadable'}")
        return None
    except (yaml.YAMLError, ValueError) as error:
        report("yaml-syntax", Place(file), f"not YAML: {_first_line(error)}")
        return None
    if root is None:
        return None
    return _Grower(file, report).grow(root, 0)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _too_deep(text: str, file: str) -> Place | None:
    """Where the limits are broken; PyYAML composes by recursion, so this looks first."""
    depth = 0
    for values, event in enumerate(yaml.parse(text, Loader=_LOADER)):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAX_DEPTH or values > MAX_VALUES:
            mark = event.start_mark
            return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    return None


class _Grower:
    """Turns composed YAML nodes into the tree, following aliases only as far as allowed."""

    def __init__(self, file: str, report: Report) -> None:
        self._file = file
        self._report = report
        self._count = 0

    def grow(self, node: yaml.Node, depth: int) -> Tree | None:
        place = Place(self._file, node.start_mark.line + 1, node.start_mark.column + 1)
        self._count += 1
        if depth > MAX_DEPTH or self._count > MAX_VALUES:
            if self._count <= MAX_VALUES:
                self._count = MAX_VALUES
                self._report("too-big", place, "the anchors of this file unfold without bound")
            return None
        if isinstance(node, yaml.ScalarNode):
            tag = str(node.tag).rpartition(":")[2]
            return Scalar("" if tag == "null" else str(node.value), place, tag)
        if isinstance(node, yaml.SequenceNode):
            items = (self.grow(item, depth + 1) for item in node.value)
            return Listing(tuple(item for item in items if item is not None), place)
        return self._table(node, place, depth)

    def _table(self, node: yaml.Node, place: Place, depth: int) -> Table:
        entries: dict[str, Tree] = {}
        places: dict[str, Place] = {}
        for key, value in node.value:
            where = Place(self._file, key.start_mark.line + 1, key.start_mark.column + 1)
            if not isinstance(key, yaml.ScalarNode) or key.tag == _MERGE:
                self._report("bad-key", where, "a key is a plain word here; merging is not allowed")
            elif key.value in entries:
                first = places[key.value]
                self._report(
                    "duplicate-key", where, f'"{key.value}" stands already at line {first.line}'
                )
            else:
                places[key.value] = where
                tree = self.grow(value, depth + 1)
                if tree is not None:
                    entries[key.value] = tree
        return Table(entries, {key: places[key] for key in entries}, place)
