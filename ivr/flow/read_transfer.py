"""Reads a transfer: whom the caller needs, how long they wait, and where each outcome leads."""

from collections.abc import Mapping

from ivr.flow.fields import Fields
from ivr.flow.need import MAX_PROFICIENCY, MIN_PROFICIENCY, Need
from ivr.flow.nodes.base import Goto, Node
from ivr.flow.nodes.transfer import Transfer
from ivr.flow.read_steps import read_steps
from ivr.flow.yaml_tree import Table
from ivr.ports import FLOW_OUTCOMES, TransferOutcome

MAX_QUEUE_SECONDS = 3600


def read_transfer(fields: Fields, name: str) -> Node:
    need = Need(
        skills=_skills(fields),
        issue=fields.name("issue"),
        caller_tier=fields.name("caller_tier"),
        priority=fields.whole("priority", 0, 0, 1000),
        timeout=fields.whole("timeout", 60, 5, MAX_QUEUE_SECONDS),
        steps=read_steps(fields),
    )
    return Transfer(
        name=name,
        place=fields.place,
        need=need,
        prompt=fields.prompt("prompt"),
        whisper=fields.prompt("whisper"),
        ways=_ways(fields),
    )


def _skills(fields: Fields) -> Mapping[str, int]:
    found = fields.tree("skills", required=True)
    if isinstance(found, Table):
        inner = fields.under(found, "skills")
        return {
            skill: inner.whole(skill, MIN_PROFICIENCY, MIN_PROFICIENCY, MAX_PROFICIENCY)
            for skill in found.entries
        }
    return dict.fromkeys(fields.strings("skills"), MIN_PROFICIENCY)


def _ways(fields: Fields) -> Mapping[str, Goto]:
    """The exits; `otherwise` stands for no_answer, busy and failed where they are not named."""
    exits = fields.fields("exits", required=True)
    if exits is None:
        return {}
    ways: dict[str, Goto] = {}
    for outcome in FLOW_OUTCOMES:
        goto = exits.goto(outcome.value)
        if goto is not None:
            ways[outcome.value] = goto
    otherwise = exits.goto("otherwise")
    exits.finish()
    for outcome in (TransferOutcome.NO_ANSWER, TransferOutcome.BUSY, TransferOutcome.FAILED):
        if outcome.value not in ways:
            if otherwise is None:
                exits.fault(
                    "missing-exit", exits.place, f'no exit for "{outcome}", and no "otherwise"'
                )
            else:
                ways[outcome.value] = otherwise
    return ways
