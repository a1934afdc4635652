"""Finding, playing and counting conversations; JUnit; updating; what is recorded."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr.errors import FlowError, SettingsError
from ivr.rehearsal.files import find_tests, has_tests
from ivr.rehearsal.junit import junit_xml
from ivr.rehearsal.recording import Notebook
from ivr.rehearsal.script import Speech
from ivr.rehearsal.script_reader import read_script
from ivr.rehearsal.suite import Suite, conversations_per_second, run_suite
from ivr.rehearsal.updating import updated, written
from tests.dialogue.talks import ROOT

GOOD = "conversations:\n  - name: good\n    steps: [expect: {node: main}]\n"
BAD = """\
conversations:
  - name: bad  # as it was
    steps:
      - expect: {node: mian, text: 挂号}   # a slip
      - caller: 挂号
      - expect: {node: number, language: "en", absent: 请}
"""


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A flow folder with two test files, one of them failing."""
    folder = tmp_path / "clinic"
    (folder / "tests").mkdir(parents=True)
    source = ROOT / "tests" / "dialogue" / "data" / "clinic.yaml"
    (folder / "clinic.yaml").write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "tests" / "a.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "tests" / "b.yaml").write_text(BAD, encoding="utf-8")
    return folder


def suite_of(folder: Path) -> Suite:
    return run_suite(find_tests([folder]))


def test_tests_lie_beside_their_flow(clinic: Path) -> None:
    found = find_tests([clinic, clinic / "tests", clinic / "tests" / "a.yaml"])
    assert [file.path.name for file in found] == ["a.yaml", "b.yaml"]
    assert {file.flow.resolve() for file in found} == {clinic.resolve()}
    assert has_tests(clinic) and not has_tests(clinic / "clinic.yaml")


def test_what_cannot_be_found_is_told(clinic: Path, tmp_path: Path) -> None:
    stray = tmp_path / "stray.yaml"
    stray.write_text(GOOD, encoding="utf-8")
    with pytest.raises(SettingsError, match="no such"):
        find_tests([tmp_path / "nowhere"])
    with pytest.raises(SettingsError, match="--flow"):
        find_tests([stray])
    assert find_tests([stray], clinic)[0].flow == clinic


def test_a_suite_counts_and_covers(clinic: Path) -> None:
    suite = suite_of(clinic)
    assert [result.name for result in suite.results] == ["good", "bad"]
    assert [result.name for result in suite.failed] == ["bad"]
    (covered,) = suite.covered
    assert covered.flow == "clinic" and 0 < covered.node_percent < 100
    only = run_suite(find_tests([clinic]), only="goo", fit=lambda one: one.name != "good")
    assert (len(only.results), only.left_out) == (0, 1)


def test_faults_of_flow_and_tests_come_together(clinic: Path) -> None:
    (clinic / "clinic.yaml").write_text("flow: clinic\nstart: x\n", encoding="utf-8")
    (clinic / "tests" / "a.yaml").write_text("conversations: 1\n", encoding="utf-8")
    with pytest.raises(FlowError) as error:
        suite_of(clinic)
    assert {"missing-key", "bad-test"} <= {issue.code for issue in error.value.issues}


def test_speed_is_measured(clinic: Path) -> None:
    assert conversations_per_second(find_tests([clinic]), seconds=0.05) > 1


def test_junit_names_every_conversation(clinic: Path) -> None:
    root = Xml.fromstring(junit_xml(suite_of(clinic)))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert cases["good"].find("failure") is None
    failure = cases["bad"].find("failure")
    assert failure is not None and "b.yaml:4: node" in (failure.text or "")
    assert cases["bad"].get("line") == "2"


def test_updating_mends_values_and_nothing_else(clinic: Path) -> None:
    file = clinic / "tests" / "b.yaml"
    failures = [one for result in suite_of(clinic).failed for one in result.failures]
    text, count = updated(BAD, failures)
    assert count == 2
    assert text == BAD.replace("mian", "main").replace('language: "en"', "language: zh")
    file.write_text(text, encoding="utf-8")
    left = [failure.what for result in suite_of(clinic).failed for failure in result.failures]
    assert left == ["absent"], "what is absent is a claim that only its author can give up"


@given(st.text(max_size=40))
def test_a_value_is_written_so_that_it_is_read_again(value: str) -> None:
    if any(not (c.isprintable() or c in "\n\t") for c in value):
        return
    assert yaml.safe_load(f"{{a: {written(value)}}}") == {"a": value}


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)))
def test_a_recorded_call_is_read_as_it_was_typed(lines: list[str]) -> None:
    notes = Notebook("clinic", "a call")
    for line in lines:
        notes.step("caller", line)
        notes.expect({"node": "main", "slots": {"a": line}})
    if not lines:
        assert notes.empty
        return
    (one,) = read_script(notes.text, "t.yaml")
    said = [step.value for step in one.steps if step.kind == "caller"]
    assert said == [Speech(line) for line in lines]
