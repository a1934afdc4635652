"""Node grammars: what every question of the bank listens for, built as in a call."""

from pathlib import Path

from ivr.dialogue.node_grammars import node_grammars
from ivr.flow.library import load_book
from tests.dialogue.talks import CLINIC

BANK = load_book(Path(__file__).resolve().parents[2] / "flows" / "bank")


def test_every_question_in_both_languages() -> None:
    found = {(one.node, one.language): one for one in node_grammars(BANK)}
    assert ("main", "zh") in found and ("main", "en") in found
    assert "挂失" in found["main", "zh"].grammar.phrases
    assert "lost card" in found["main", "en"].grammar.phrases
    assert "挂失" not in found["main", "en"].grammar.phrases
    card = found["card_loss", "zh"].grammar
    assert "幺" in card.words and card.max_words > 0
    assert all(one.grammar.vocabulary and one.place.line > 0 for one in found.values())


def test_nodes_that_ask_nothing_have_none() -> None:
    nodes = {one.node for one in node_grammars(CLINIC)}
    silent = {n.name for n in next(iter(CLINIC)).nodes.values() if n.kind in {"say", "hangup"}}
    assert nodes and silent and not nodes & silent
