"""The dashboard and the alert rules ask for metrics that exist, with labels they have."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ivr.live.metrics import metrics_text
from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Stage
from ivr.live.tally import Tally
from ivr.routing.skills import Presence

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "grafana"
METRIC = re.compile(r"\bivr_[a-z_]+")
LABELLED = re.compile(r"\b(ivr_[a-z_]+)\{([^}]*)\}")
BY = re.compile(r"by \(([a-z_, ]+)\)")


def exported() -> dict[str, set[str]]:
    """Name of each sample -> names of its labels, when everything happens at once."""
    picture = Picture(
        at=100.0,
        calls=(CallRow("1", 1.0, Stage.WAITING, 1.0),),
        queues=(QueueRow("loans", waiting=1, oldest=2.0, answered=1, in_time=1),),
        agents=(AgentRow("wang"),),
        alarms=(AlarmRow("link-lost", "asterisk", "", 1.0),),
    )
    tally = Tally()
    tally.ended["completed"] += 1
    tally.transfers["answered"] += 1
    tally.nomatches["main"] += 1
    tally.noinputs["main"] += 1
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics_text(picture, tally).decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


def panels() -> list[dict[str, Any]]:
    board = json.loads((FOLDER / "hotline.json").read_text(encoding="utf-8"))
    return list(board["panels"])


def alerts() -> list[dict[str, Any]]:
    text = (FOLDER / "alerts.yaml").read_text(encoding="utf-8")
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


EXPRESSIONS = [
    *((panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]),
    *((rule["alert"], rule["expr"]) for rule in alerts()),
]


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS, ids=[t for t, _ in EXPRESSIONS])
def test_what_is_asked_for_exists(title: str, expression: str) -> None:
    known = exported()
    asked = METRIC.findall(expression)
    assert asked or title == "HotlineGone"
    for name in asked:
        assert name in known, name
    for name, labels in LABELLED.findall(expression):
        assert set(re.findall(r"([a-z_]+)\s*[=!]", labels)) <= known[name]
    for labels in BY.findall(expression):
        wanted = {label.strip() for label in labels.split(",")}
        assert all(wanted <= known[name] for name in asked)


def test_legends_name_labels_that_exist() -> None:
    known = exported()
    for panel in panels():
        for target in panel["targets"]:
            labels = set(re.findall(r"\{\{([a-z_]+)\}\}", target["legendFormat"]))
            for name in METRIC.findall(target["expr"]):
                assert labels <= known[name], panel["title"]


def test_every_metric_is_shown() -> None:
    shown = {
        name for panel in panels() for t in panel["targets"] for name in METRIC.findall(t["expr"])
    }
    wanted = {re.sub("_(bucket|count|sum|total|created)$", "", name) for name in exported()}
    shown_families = {re.sub("_(bucket|count|sum|total)$", "", name) for name in shown}
    assert wanted - shown_families <= {"ivr_calls_adopted"}


def test_presences_are_those_of_agents() -> None:
    named = {
        value
        for _, expression in EXPRESSIONS
        for values in re.findall(r'presence[=!]~?"([^"]+)"', expression)
        for value in values.split("|")
    }
    assert named and named <= {presence.value for presence in Presence}


def test_panels_lie_beside_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                 for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
