"""The bank's flow is clean, and kept as the house asks."""

import re
from pathlib import Path

from ivr.flow.library import load_book
from ivr.flow.lint import understood_here
from ivr.flow.nodes.menu import Menu
from ivr.flow.nodes.transfer import Transfer

BANK = load_book(Path(__file__).resolve().parents[2] / "flows" / "bank").flow("bank")
SKILLS = {"card_loss", "accounts", "loans", "wealth", "forex", "complaints", "general"}


def test_it_has_no_warnings() -> None:
    book = load_book(Path(__file__).resolve().parents[2] / "flows" / "bank")
    assert [str(issue) for issue in book.issues] == []


def test_every_prompt_is_in_both_languages() -> None:
    missing = [
        name for name, prompt in BANK.prompts.items() if set(prompt.wordings) != {"zh", "en"}
    ]
    assert missing == []


def test_no_menu_offers_more_than_five_choices_in_one_prompt() -> None:
    for node in BANK.nodes.values():
        if isinstance(node, Menu):
            for text in node.prompt.statics:
                keys = re.findall(r"请按|press", text.text)
                assert len(keys) <= 5, (node.name, text.text)


def test_every_choice_can_be_said_in_both_languages() -> None:
    for node in BANK.nodes.values():
        for choice in understood_here(BANK, node):
            assert choice.phrases.get("zh") and choice.phrases.get("en"), (node.name, choice.name)


def test_transfers_ask_for_known_skills() -> None:
    asked = {s for n in BANK.nodes.values() if isinstance(n, Transfer) for s in n.need.skills}
    assert asked == SKILLS
