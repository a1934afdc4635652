"""Flow examples: the phrases of a flow's menus as examples of the intents they stand for."""

from collections.abc import Iterator

from ivr.errors import SettingsError
from ivr.flow.model import Flow, FlowBook
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu
from ivr.training.intents.examples import Example, ExampleSet


def with_phrases(given: ExampleSet, book: FlowBook) -> ExampleSet:
    """The examples, and the phrases of the choices that they name ("node.choice").

    Raises:
        SettingsError: if an intent names a choice that no flow has.
    """
    choices = {f"{node}.{choice.name}": choice for flow in book for node, choice in _choices(flow)}
    more = []
    for intent, names in given.phrases.items():
        for name in names:
            if name not in choices:
                raise SettingsError(f"intent {intent}: no flow has the choice {name!r}")
            for language, said in choices[name].phrases.items():
                more += [Example(phrase, intent, language) for phrase in said]
    return given.with_examples(more)


def _choices(flow: Flow) -> Iterator[tuple[str, Choice]]:
    for node in flow.nodes.values():
        if isinstance(node, Menu):
            for choice in node.choices:
                yield node.name, choice
