"""Voicemail: the tone, the message, the keys that end it, and where each end leads."""

import pytest

from ivr.dialogue import actions, events
from ivr.dialogue.simulator import Simulator
from ivr.dialogue.state import Waiting
from ivr.flow.library import load_book
from tests.dialogue.talks import DATA, STARTED, Stepper

BOOK = load_book(DATA / "message.yaml")


def recording() -> tuple[Stepper, actions.StartRecording]:
    call = Stepper("message", BOOK)
    call.take(STARTED)
    assert call.state.waiting is Waiting.PROMPT
    call.prompt_ends()
    (start,) = [one for one in call.actions if isinstance(one, actions.StartRecording)]
    return call, start


def test_after_the_prompt_it_records_as_the_flow_says() -> None:
    call, start = recording()
    assert start == actions.StartRecording(start.serial, 20.0, 3.0, beep=True)
    assert call.state.waiting is Waiting.RECORDING and call.state.timer


def test_a_message_is_kept_in_the_slot() -> None:
    call, start = recording()
    call.take(events.RecordingEnded(start.serial, "silence", 9.0, 5.0, "c1-3.wav"))
    assert call.state.node == "thanks"
    assert call.state.slots["recording"] == "c1-3.wav"


@pytest.mark.parametrize(
    ("reason", "speech", "node"),
    [("silence", 0.5, "nothing"), ("failed", 5.0, "sorry"), ("longest", 19.0, "thanks")],
)
def test_each_end_has_its_exit(reason: str, speech: float, node: str) -> None:
    call, start = recording()
    call.take(events.RecordingEnded(start.serial, reason, 20.0, speech, "m.wav"))
    assert call.state.node == node


def test_the_key_ends_it() -> None:
    call, start = recording()
    call.keys("#")
    assert actions.StopRecording(start.serial) in call.actions
    assert call.state.waiting is Waiting.RECORDING


def test_the_star_begins_anew() -> None:
    call, start = recording()
    call.keys("*")
    assert actions.StopRecording(start.serial, keep=False) in call.actions
    (again,) = [one for one in call.actions if isinstance(one, actions.StartRecording)]
    assert again.serial > start.serial
    call.take(events.RecordingEnded(start.serial, "dropped", 3.0))
    assert call.state.waiting is Waiting.RECORDING, "the end of the old one is stale"


def test_a_command_leaves_without_a_message() -> None:
    call, start = recording()
    call.keys("0")
    assert actions.StopRecording(start.serial, keep=False) in call.actions
    assert call.state.node == "desk"


def test_other_keys_are_part_of_the_noise() -> None:
    call, _ = recording()
    call.keys("57")
    assert call.actions == () and call.state.waiting is Waiting.RECORDING


def test_a_key_cuts_the_prompt_short() -> None:
    call = Stepper("message", BOOK)
    call.take(STARTED)
    call.keys("#")
    assert call.state.waiting is Waiting.RECORDING


def test_a_recording_that_never_ends_is_given_up() -> None:
    call, start = recording()
    call.timer_rings()
    assert actions.StopRecording(start.serial, keep=False) in call.actions
    assert call.state.node == "sorry"


def test_a_supervisor_takes_the_caller_out_of_it() -> None:
    call, start = recording()
    call.take(events.OrderGiven("goto", "desk"))
    assert actions.StopRecording(start.serial, keep=False) in call.actions
    assert call.state.node == "desk"


# -- simulated ---------------------------------------------------------------------------------


def simulated() -> Simulator:
    call = Simulator(BOOK, "message")
    call.start()
    return call


def test_spoken_words_then_silence() -> None:
    call = simulated()
    call.say("请回电话给我", seconds=4.0)
    began = call.time
    call.until_end()
    ended = [what for _, what in call.log if isinstance(what, events.RecordingEnded)]
    assert [(one.reason, one.speech) for one in ended] == [("silence", 4.0)]
    assert ended[0].seconds == pytest.approx(7.0)
    assert call.state.outcome == "left" and call.time >= began + 3.0


def test_nothing_said() -> None:
    call = simulated()
    call.until_end()
    assert call.state.outcome == "empty"


def test_a_long_story_is_cut() -> None:
    call = simulated()
    call.say("话很多", seconds=50.0)
    call.until_end()
    ended = [what for _, what in call.log if isinstance(what, events.RecordingEnded)]
    assert [(one.reason, one.seconds) for one in ended] == [("longest", 20.0)]
    assert call.state.outcome == "left"


def test_keyed_to_its_end() -> None:
    call = simulated()
    call.say("请回电话给我", seconds=4.0)
    call.press("#")
    call.until_end()
    ended = [what for _, what in call.log if isinstance(what, events.RecordingEnded)]
    assert [one.reason for one in ended] == ["stopped"]
    assert call.state.outcome == "left"
