"""The simulator: a virtual player, virtual timers, a virtual queue."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue import actions, events
from ivr.dialogue.simulator import Simulator, spoken_seconds
from ivr.dialogue.state import Waiting
from ivr.flow.prompt import PromptSegment
from tests.dialogue.talks import CLINIC


def simulator() -> Simulator:
    call = Simulator(CLINIC, "clinic", duration=lambda segments: 2.0)
    call.start()
    return call


def test_prompts_take_their_time_and_timers_run_after_them() -> None:
    call = simulator()
    call.until_turn()
    assert (call.time, call.state.node) == (4.0, "main")
    call.wait(3.9)
    assert call.state.noinputs == 0
    call.wait(0.2)
    assert call.state.noinputs == 1


def test_barge_in_ends_the_prompt_at_once() -> None:
    call = simulator()
    call.wait(2.5)
    call.say("挂号", barge_in=True, seconds=0.5)
    stopped = [(at, e) for at, e in call.log if isinstance(e, events.PromptEnded)]
    call.until_turn()
    assert [at for at, _ in stopped] == [2.0, 2.5]
    assert [e.completed for _, e in stopped] == [True, False]
    assert call.state.node == "number" and call.time == 5.0


def test_prompts_are_said_one_after_another() -> None:
    call = simulator()
    for _ in range(3):
        call.until_turn()
        call.wait(4.0)
    said = [line.at for line in call.lines if line.who == "bot"]
    assert said == sorted(said) and all(b - a >= 2.0 for a, b in pairwise(said))
    assert call.state.node == "desk"


def test_a_silent_caller_waits_for_the_queue_in_the_end() -> None:
    call = simulator()
    call.until_end()
    assert call.state.waiting is Waiting.TRANSFER and call.transfer is not None
    call.end_transfer("busy")
    call.until_end()
    assert call.state.outcome == "done"


def test_speech_where_nobody_listens_is_lost() -> None:
    call = simulator()
    call.say("挂号", barge_in=True)
    assert call.state.node == "hello"


def test_two_runs_are_equal() -> None:
    def one() -> list[tuple[float, events.Event | actions.Action]]:
        call = simulator()
        call.say("挂号")
        call.press("1234")
        call.say("对")
        call.until_end()
        return call.log

    assert one() == one()


@pytest.mark.parametrize(
    ("text", "language", "low", "high"),
    [("您好", "zh", 0.5, 1.0), ("please hold the line", "en", 1.2, 2.5), ("", "zh", 0.0, 0.4)],
)
def test_lengths_are_plausible(text: str, language: str, low: float, high: float) -> None:
    assert low <= spoken_seconds((PromptSegment(text, language),)) <= high


def test_a_copy_goes_its_own_way() -> None:
    call = simulator()
    call.until_turn()
    other = call.copy()
    call.say("挂号")
    assert call.state.node == "number" and other.state.node == "main"
    other.wait(4.1)
    assert other.state.noinputs == 1 and len(call.log) != len(other.log)


def test_what_is_still_to_come_can_be_seen() -> None:
    call = simulator()
    assert call.speaking_until == 2.0 and not call.timers
    call.until_turn()
    assert list(call.timers.values()) == [4.0] and call.speaking_until == call.time


def test_a_caller_cuts_in_after_some_seconds() -> None:
    call = simulator()
    call.say("挂号", barge_in=3.0)
    call.until_turn()
    assert [line.at for line in call.lines if line.who == "caller"] == [3.0]
    assert call.state.node == "number"


DOINGS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(["挂号", "取消预约", "对", "人工", "[unk]", ""])),
        st.tuples(st.just("press"), st.text("0123456789*#", max_size=6)),
        st.tuples(st.just("wait"), st.floats(0, 20)),
        st.tuples(st.just("end_transfer"), st.sampled_from(["answered", "busy", "no_answer"])),
    ),
    max_size=12,
)


@settings(max_examples=80, deadline=None)
@given(DOINGS, st.booleans())
def test_any_call_comes_to_rest(doings: list[tuple[str, object]], barge_in: bool) -> None:
    call = simulator()
    for name, argument in doings:
        into = {"barge_in": True} if barge_in and name in ("say", "press") else {}
        getattr(call, name)(argument, **into)
    times = [at for at, _ in call.log]
    assert times == sorted(times)
    call.until_end()
    assert call.state.ended or call.state.waiting is Waiting.TRANSFER
    after = len(call.log)
    if call.state.ended:
        call.wait(100)
        assert len(call.log) == after, "nothing happens after the end"
