"""Unused: slots that callers are asked to fill and that nothing ever reads."""

import re
from collections.abc import Iterable, Iterator

from ivr.flow.checks.findings import finding
from ivr.flow.expression_types import names_in
from ivr.flow.issues import Issue
from ivr.flow.model import Flow
from ivr.flow.nodes.collect import Collect
from ivr.flow.nodes.subflow import Subflow

_BRACED = re.compile(r"\{\s*([a-z][a-z0-9_]*)")


def check_unused(flow: Flow, others: Iterable[Flow]) -> Iterator[Issue]:
    if flow.unread:
        return
    used = _used(flow) | _taken_by(flow.name, others)
    for node in flow.nodes.values():
        if isinstance(node, Collect) and node.slot and node.slot not in used:
            message = f'nothing ever uses slot "{node.slot}"'
            yield finding("unused-slot", node.place, message, node.name)


def _used(flow: Flow) -> set[str]:
    names = {name for formula in flow.formulas for name in names_in(formula.expression)}
    for prompt in flow.prompts.values():
        if prompt.name.rsplit(".", 1)[-1] != "confirm":  # a value read back is not yet used
            names.update(blank.slot.split(".")[0] for blank in prompt.blanks)
    for action in flow.lookups.values():
        for text in (action.url, *action.body.values()):
            names.update(_BRACED.findall(text))
    return names


def _taken_by(flow: str, others: Iterable[Flow]) -> set[str]:
    """What flows that call this one take from it."""
    return {
        taken
        for other in others
        for node in other.nodes.values()
        if isinstance(node, Subflow) and node.flow == flow
        for taken in node.take.values()
    }
