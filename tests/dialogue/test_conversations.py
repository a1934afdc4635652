"""Golden calls: every written conversation goes as written."""

from pathlib import Path

import pytest
import yaml

from ivr.dialogue.conversation import Conversation, conversation_of, run
from ivr.flow.library import load_book
from tests.dialogue.talks import CLINIC, ROOT

BOOK = load_book(ROOT / "flows" / "bank")


def written(file: Path) -> list[Conversation]:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [conversation_of(one, content["flow"]) for one in content["conversations"]]


ALL = [
    one for file in sorted((ROOT / "tests/conversations").glob("*.yaml")) for one in written(file)
]


@pytest.mark.parametrize("conversation", ALL, ids=lambda one: one.name)
def test_conversation(conversation: Conversation) -> None:
    done = run(BOOK, conversation)
    talk = "\n".join(f"{line.at:6.1f} {line.who:7} {line.text}" for line in done.simulator.lines)
    assert not done.failures, f"{done.failures}\n{talk}"


@pytest.mark.parametrize(
    ("expected", "failure"),
    [
        ({"node": "bye"}, "node: expected 'bye', got 'main'"),
        ({"hears": "挂失"}, "hears: '挂失' is not in"),
        ({"absent": "挂号"}, "absent: '挂号' is in"),
        ({"ended": "done"}, "ended: expected 'done', got ''"),
        ({"slots": {"number": "1"}}, "slot number: expected '1', got None"),
        ({"transfer": "general"}, "transfer: none is under way"),
        ({"why": "because"}, "why: 'because' is not in"),
    ],
)
def test_a_conversation_that_goes_otherwise_fails(
    expected: dict[str, object], failure: str
) -> None:
    steps = [{"caller": "再说一遍"}, {"expect": expected}]
    done = run(CLINIC, Conversation("wrong", "clinic", steps))
    assert len(done.failures) == 1 and failure in done.failures[0]


@pytest.mark.parametrize(
    "one",
    [
        {"name": "x"},
        {"name": "x", "steps": [{"shout": "a"}]},
        {"name": "x", "steps": [{"expect": {"nood": "main"}}]},
        {"name": "x", "steps": [{"caller": "a", "dtmf": "1"}]},
        {"name": "x", "steps": [], "nam": 1},
    ],
)
def test_a_conversation_of_another_form_is_refused(one: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"conversation has|step 1"):
        conversation_of(one, "clinic")
