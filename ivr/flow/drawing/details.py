"""Details: all that is known of each node, as plain values for a page that shows one at a time."""

from collections.abc import Iterator, Mapping
from typing import Any

from ivr.flow.checks.findings import own_prompts, spoken
from ivr.flow.drawing import look
from ivr.flow.drawing.cards import Card, Sheet
from ivr.flow.lint import understood_here
from ivr.flow.model import Flow
from ivr.flow.nodes.base import Node
from ivr.flow.prompts import Prompt

Details = dict[str, Any]


def details(flows: Mapping[str, Flow], sheets: tuple[Sheet, ...]) -> list[Details]:
    """One record a card: what it says and hears in each language, its ways on, its faults."""
    found = []
    for sheet in sheets:
        flow = flows[sheet.flow]
        prompts = _prompts(flow)
        found += [_card(flows, flow, card, prompts.get(card.name, [])) for card in sheet.cards]
    return found


def _card(flows: Mapping[str, Flow], flow: Flow, card: Card, prompts: list[Details]) -> Details:
    node = flow.nodes.get(card.name)
    place = node.place if node else flow.place
    return {
        "id": f"{flow.name}.{card.name}",
        "flow": flow.name,
        "name": card.name if node else "at any question",
        "kind": card.kind,
        "colour": look.look_of(card.kind).colour,
        "place": f"{place.file}:{place.line}",
        "prompts": prompts,
        "phrases": list(_phrases(flow, node)),
        "exits": [
            {"key": row.key, "label": row.label, "to": _goal(flows, flow, row.target, row.flow)}
            for row in card.rows
        ],
        "issues": [
            {
                "severity": issue.severity.value,
                "code": issue.code,
                "message": issue.message,
                "line": issue.line,
            }
            for issue in card.issues
        ],
    }


def _goal(flows: Mapping[str, Flow], flow: Flow, target: str, other: str) -> str:
    """The card a row leads to: in this flow, or the first of another."""
    if target:
        return f"{flow.name}.{target}"
    inner = flows.get(other)
    return f"{other}.{inner.start.node}" if inner else other


def _prompts(flow: Flow) -> dict[str, list[Details]]:
    """Each node's prompts by their short names ("prompt", "noinput.1", "balance.label")."""
    found: dict[str, list[Details]] = {}
    for owner, prompt in own_prompts(flow):
        if owner:
            short = prompt.name.removeprefix(f"{flow.name}.{owner}.")
            found.setdefault(owner, []).append({"name": short, "texts": _texts(prompt)})
    return found


def _texts(prompt: Prompt) -> dict[str, str]:
    return {language: spoken(prompt, language) for language in prompt.wordings}


def _phrases(flow: Flow, node: Node | None) -> Iterator[Details]:
    for choice in understood_here(flow, node) if node else ():
        said = {code: list(choice.phrases[code]) for code in choice.phrases if choice.phrases[code]}
        yield {"name": choice.name, "key": choice.key, "said": said}
