"""Golden calls: every written conversation goes as written."""

import pytest

from ivr.dialogue.exits import traced
from ivr.flow.library import load_book
from ivr.rehearsal.performance import perform, typed_stage
from ivr.rehearsal.script import Conversation, read_script
from tests.dialogue.talks import ROOT

BOOK = traced(load_book(ROOT / "flows" / "bank"))

ALL = [
    one
    for file in sorted((ROOT / "tests/conversations").glob("*.yaml"))
    for one in read_script(file.read_text(encoding="utf-8"), file.name)
]


@pytest.mark.parametrize("conversation", ALL, ids=lambda one: one.name)
def test_conversation(conversation: Conversation) -> None:
    done = perform(conversation, typed_stage(BOOK, conversation))
    talk = "\n".join(f"{line.at:6.1f} {line.who:7} {line.text}" for line in done.stage.lines)
    assert not done.failures, "\n".join(map(str, done.failures)) + "\n" + talk
