"""The schema in flows/ is up to date, knows every key of the reader, and holds for every flow."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from ivr.flow.fields import Fields
from ivr.flow.library import read_texts
from ivr.flow.read_nodes import KINDS
from ivr.flow.reading import Reading
from ivr.flow.schema.asking import CHOICE_KEYS, INPUT, RUNG
from ivr.flow.schema.nodes import KIND_SCHEMAS
from ivr.flow.schema.whole import FILE_NAME, FLOW_KEYS, flow_schema, schema_text
from ivr.flow.yaml_tree import Table

ROOT = Path(__file__).resolve().parents[2]
FLOWS = [
    path
    for path in sorted(ROOT.glob("flows/**/*.yaml"))
    if "\nnodes:" in path.read_text(encoding="utf-8")
]
DATA = [*FLOWS, *sorted(ROOT.glob("tests/dialogue/data/*.yaml"))]
BROKEN = ROOT / "tests" / "flow" / "broken"
VALIDATOR = jsonschema.Draft202012Validator(flow_schema())


class Loader(yaml.CSafeLoader):
    """YAML as editors read it (1.2): yes, no, on and off are texts."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if "bool" not in tag or first in "tTfF"]
    for first, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def loaded(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader)  # a SafeLoader


def test_the_schema_itself_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(flow_schema())


def test_the_file_is_up_to_date() -> None:
    written = (ROOT / "flows" / FILE_NAME).read_text(encoding="utf-8")
    assert written == schema_text(), "run `ivr flows schema --write`"
    assert json.loads(written) == flow_schema()


def test_there_are_flows() -> None:
    assert FLOWS


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.stem)
def test_every_flow_holds(path: Path) -> None:
    faults = [
        f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}"
        for fault in VALIDATOR.iter_errors(loaded(path))
    ]
    assert faults == []


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_a_flow_names_the_schema_in_its_first_line(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert named != first
    assert (path.parent / named).resolve() == ROOT / "flows" / FILE_NAME


@pytest.mark.parametrize(
    "name",
    [
        "misspelt_top_key", "misspelt_node_key", "misspelt_choice_key", "unknown_kind", "no_kind",
        "node_is_a_word", "bad_key", "bad_number", "slot_type", "skill_too_high", "misspelt_exit",
        "no_start", "no_name", "missing_goto", "missing_prompt", "a_list", "bad_budget",
        "one_armed_split", "no_nodes", "bad_name",
    ],
)  # fmt: skip
def test_editors_see_these_faults_too(name: str) -> None:
    assert list(VALIDATOR.iter_errors(loaded(BROKEN / f"{name}.yaml")))


# -- the schema and the reader know the same keys -------------------------------------------------


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, set[str]]]:
    """Every key the reader asks for, by the path of the mapping."""
    seen: dict[str, set[str]] = defaultdict(set)
    before = Fields.__init__

    def init(self: Fields, reading: Reading, table: Table, path: str, node: str = "") -> None:
        before(self, reading, table, path, node)
        self._asked = seen[path]

    monkeypatch.setattr(Fields, "__init__", init)
    yield seen


def read(node: str, head: str = "") -> None:
    read_texts({"f": f"flow: f\nlanguages: [zh]\nstart: a\n{head}nodes:\n  a: {node}\n"})


def test_kinds(asked: dict[str, set[str]]) -> None:
    assert set(KIND_SCHEMAS) == set(KINDS)
    for kind in KINDS:
        asked.clear()
        read(f"{{kind: {kind}, exits: {{}}}}" if kind == "subflow" else f"{{kind: {kind}}}")
        keys = asked["f.a"] | ({"goto"} if kind == "subflow" else set())
        assert keys == {"kind", *KIND_SCHEMAS[kind].keys}, kind


def test_keys_of_flows_choices_inputs_and_rungs(asked: dict[str, set[str]]) -> None:
    read("{kind: menu, choices: {x: {}}, input: {}, noinput: {goto: a}}")
    assert asked[""] == set(FLOW_KEYS)
    assert asked["f.a.x"] | asked["f.a.choices.x"] == set(CHOICE_KEYS)
    assert asked["f.a.input"] == set(INPUT["properties"])
    assert asked["f.a.noinput.1"] == set(RUNG["properties"])


@pytest.mark.parametrize(
    ("part", "path", "head"),
    [
        ("commands", "f.commands.x", "commands: {x: {key: 1}}\n"),
        ("calendars", "f.calendars.x", "calendars: {x: {holidays: none}}\n"),
        ("lookups", "f.lookups.x", "lookups: {x: {url: 1}}\n"),
    ],
)
def test_keys_of_declarations(asked: dict[str, set[str]], part: str, path: str, head: str) -> None:
    read("{kind: hangup}", head)
    shape = FLOW_KEYS[part]["additionalProperties"]
    shape = shape["anyOf"][0] if "anyOf" in shape else shape
    assert asked[path] == set(shape["properties"])


def test_keys_of_a_budget(asked: dict[str, set[str]]) -> None:
    read("{kind: hangup}", "budget: {time_to_human: 20}\n")
    assert asked["f.budget"] == set(FLOW_KEYS["budget"]["properties"])
