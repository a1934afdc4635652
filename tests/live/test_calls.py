"""A call as its own session tells it, and a caller's number as screens show it."""

import pytest

from ivr.dialogue.state import State
from ivr.live.calls import LiveCall, shown_number


def test_the_intent_is_that_of_the_journal_and_not_the_place_of_its_label() -> None:
    state = State(
        flow="bank",
        version="1",
        language="zh",
        intent="transfer",
        intent_label="bank.main.transfer.label",
    )
    call = LiveCall("1.1", began=0.0)
    call.take_state(state)
    assert call.intent == "transfer"


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "*******5678"),
        ("+8613812345678", "**********5678"),
        ("5678", "****"),
        ("anonymous", "anonymous"),
        ("", ""),
        ("alice\x1b[2J", ""),
        ("1" * 25, ""),
    ],
)
def test_of_a_caller_s_number_the_end_is_shown(number: str, shown: str) -> None:
    assert shown_number(number) == shown
