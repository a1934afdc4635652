"""Node grammars: what each question of a flow would listen for, without placing a call."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ivr.dialogue import engine
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.kinds.registry import behaviour_of
from ivr.dialogue.talk import Talk
from ivr.flow.issues import Place
from ivr.flow.model import FlowBook


@dataclass(frozen=True, slots=True)
class NodeGrammar:
    """The run-time grammar of one node in one language, built as a call would build it."""

    flow: str
    node: str
    kind: str
    language: str
    place: Place
    grammar: Grammar


def node_grammars(book: FlowBook) -> Iterator[NodeGrammar]:
    """Every asking node of every flow in each of the flow's languages.

    Choices that depend on a condition are judged for a caller of whom nothing is known.
    """
    for flow in book:
        begun = engine.start(book, flow.name)
        for node in flow.nodes.values():
            behaviour = behaviour_of(node)
            if not isinstance(behaviour, Asking):
                continue
            for language in flow.languages:
                talk = Talk(book, replace(begun, node=node.name, language=language))
                grammar = behaviour.grammar(talk, node)
                yield NodeGrammar(flow.name, node.name, node.kind, language, node.place, grammar)
