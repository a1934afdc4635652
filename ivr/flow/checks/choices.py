"""Choices: what can be said must have a key for noisy lines, and a phrase in every language."""

from collections.abc import Iterator

from ivr.flow.checks.findings import finding
from ivr.flow.checks.ways import met
from ivr.flow.issues import Issue
from ivr.flow.model import Flow
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu


def check_choices(flow: Flow) -> Iterator[Issue]:
    reached = met(flow)
    for node in flow.nodes.values():
        if isinstance(node, Menu) and node.name in reached:
            for choice in node.choices:
                yield from _choice(flow, node, choice)


def _choice(flow: Flow, node: Menu, choice: Choice) -> Iterator[Issue]:
    if not choice.key:
        message = f'"{choice.name}" has no key: on a noisy line nobody can choose it'
        yield finding("choice-without-key", choice.place, message, node.name)
    if not node.input.speech:
        return
    missing = [language for language in flow.languages if not choice.phrases.get(language)]
    if missing:
        message = f'"{choice.name}" has no phrases in {", ".join(missing)}'
        yield finding("choice-without-phrase", choice.place, message, node.name)
