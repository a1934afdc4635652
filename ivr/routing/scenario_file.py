"""Scenario file: YAML text -> who calls how often, by which rules; every fault with its place."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import process

from ivr.errors import FlowError
from ivr.flow.issues import Issue, Place, Severity, in_order
from ivr.flow.need import Need
from ivr.flow.yaml_tree import Scalar, Table, Tree, read_tree
from ivr.routing.needs_lint import lint_needs
from ivr.routing.scenario import CallClass
from ivr.routing.skills import Team, proficiency_fault

MAX_CLASSES = 100
MAX_PER_HOUR = 100_000.0
MAX_SECONDS = 86_400.0
MAX_PRIORITY = 1000
_CLOSE_ENOUGH = 60

_TOP = ("agents", "wrap_up", "within", "classes")
_FIELDS = (
    "skills", "language", "issue", "caller", "priority",
    "per_hour", "service", "patience",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scenario:
    """`agents` names the agents file, relative to this one; empty means that of the settings."""

    classes: tuple[CallClass, ...]
    places: Mapping[str, Place]
    agents: str = ""
    wrap_up: float = 0.0
    within: float = 20.0


def parse_scenario(text: str, file: str) -> Scenario:
    """Read a scenario; `file` is only named in faults.

    Raises:
        FlowError: with every fault found, in file order.
    """
    reader = _Reader(file)
    scenario = reader.read(text)
    if reader.issues or scenario is None:
        raise FlowError(in_order(reader.issues))
    return scenario


def check_scenario(scenario: Scenario, team: Team) -> None:
    """Refuse skills that the agents file does not know.

    Raises:
        FlowError: with every unknown skill.
    """
    needs = [(kind.name, scenario.places[kind.name], kind.need) for kind in scenario.classes]
    unknown = [i for i in lint_needs(needs, (), team) if i.severity is Severity.ERROR]
    if unknown:
        raise FlowError(unknown)


class _Reader:
    """One walk over one file; goes on after each fault so that all are found."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.issues: list[Issue] = []

    def read(self, text: str) -> Scenario | None:
        root = read_tree(text, self._file, lambda *fault: self._add(*fault))
        if self.issues:
            return None
        if not isinstance(root, Table):
            self._add("scenario-shape", Place(self._file), "expected a section `classes:`")
            return None
        self._known(root, _TOP)
        classes = root.entries.get("classes")
        if not isinstance(classes, Table) or not 1 <= len(classes.entries) <= MAX_CLASSES:
            where = classes.place if classes else root.place
            self._add("scenario-shape", where, f"`classes:` names 1 to {MAX_CLASSES} classes")
            return None
        kinds = tuple(self._class(name, tree) for name, tree in classes.entries.items())
        return Scenario(
            tuple(kind for kind in kinds if kind is not None),
            MappingProxyType(classes.places),
            self._text(root, "agents"),
            self._number(root, "wrap_up", 0.0, MAX_SECONDS, 0.0),
            self._number(root, "within", 0.0, MAX_SECONDS, 20.0),
        )

    def _class(self, name: str, tree: Tree) -> CallClass | None:
        if not isinstance(tree, Table):
            self._add("scenario-shape", tree.place, "expected per_hour, service and skills", name)
            return None
        self._known(tree, _FIELDS, name)
        need = Need(
            self._skills(tree, name),
            self._text(tree, "issue", name),
            self._text(tree, "caller", name),
            round(self._number(tree, "priority", -MAX_PRIORITY, MAX_PRIORITY, 0.0, name)),
        )
        return CallClass(
            name,
            need,
            self._text(tree, "language", name),
            self._number(tree, "per_hour", 0.001, MAX_PER_HOUR, None, name),
            self._number(tree, "service", 0.001, MAX_SECONDS, None, name),
            self._number(tree, "patience", 0.0, MAX_SECONDS, 0.0, name),
        )

    def _skills(self, table: Table, name: str) -> Mapping[str, int]:
        tree = table.entries.get("skills")
        if tree is None:
            return MappingProxyType({})
        if not isinstance(tree, Table):
            self._add("scenario-shape", tree.place, "expected skills, each with its level", name)
            return MappingProxyType({})
        skills: dict[str, int] = {}
        for skill, value in tree.entries.items():
            text = value.text if isinstance(value, Scalar) else ""
            level = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else text
            if fault := proficiency_fault(level):
                self._add("bad-proficiency", value.place, f"{skill}: {fault}", name)
            elif isinstance(level, int):
                skills[skill] = level
        return MappingProxyType(skills)

    def _number(
        self,
        table: Table,
        key: str,
        least: float,
        most: float,
        default: float | None,
        name: str = "",
    ) -> float:
        value = table.entries.get(key)
        if value is None:
            if default is None:
                self._add("missing", table.place, f"no `{key}:`", name)
            return default or 0.0
        try:
            number = float(value.text) if isinstance(value, Scalar) else math.nan
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            message = f"`{key}:` expects a number from {least:g} to {most:g}"
            self._add("bad-number", value.place, message, name)
            return 0.0
        return number

    def _text(self, table: Table, key: str, name: str = "") -> str:
        value = table.entries.get(key)
        if value is None:
            return ""
        if not isinstance(value, Scalar):
            self._add("scenario-shape", value.place, f"`{key}:` expects one word", name)
            return ""
        return value.text

    def _known(self, table: Table, known: tuple[str, ...], name: str = "") -> None:
        for key in table.entries:
            if key not in known:
                close = process.extractOne(key, known, score_cutoff=_CLOSE_ENOUGH)
                message = f"no setting is called {key[:60]!r}"
                hint = close[0] if close else ""
                self._add("unknown-setting", table.places[key], message, name, hint)

    def _add(self, code: str, place: Place, message: str, node: str = "", hint: str = "") -> None:
        self.issues.append(
            Issue(code, Severity.ERROR, place.file, place.line, place.column, node, message, hint)
        )
