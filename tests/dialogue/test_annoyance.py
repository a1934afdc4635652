"""Annoyance: signs in words and sound, the verdict, and flows that branch on it."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.dialogue import actions, events
from ivr.dialogue.annoyance import STRONG, Mood, read
from ivr.dialogue.records import record_of, state_from
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.ports import Prosody, Utterance, Word
from tests.dialogue.talks import Stepper

USUAL = Prosody(loudness=-24.0, pitch=180.0, movement=6.0, rate=5.0)


def turn(text: str = "查余额", prosody: Prosody | None = USUAL, language: str = "zh") -> Utterance:
    return Utterance((Word(text, 1.0, 0.0, 1.0),), language, 1.0, prosody=prosody)


def louder(db: float, rate: float = 1.0, pitch: float = 1.0) -> Prosody:
    return Prosody(USUAL.loudness + db, USUAL.pitch * pitch, USUAL.movement, USUAL.rate * rate)


def after(*turns: Utterance) -> Mood:
    mood = Mood()
    for one in turns:
        mood, _ = read(mood, one)
    return mood


def test_a_calm_caller_stays_calm() -> None:
    varied = [
        louder(db, rate, pitch) for db, rate, pitch in ((1, 1.1, 1.1), (-2, 0.9, 1), (2, 1, 0.9))
    ]
    assert after(turn(), *(turn(prosody=one) for one in varied)).annoyed is False


def test_one_strong_turn_is_enough_and_says_why() -> None:
    mood, reading = read(after(turn(), turn()), turn(prosody=louder(9, 1.6, 1.5)))
    assert mood.annoyed and reading.estimate >= STRONG
    assert reading.reasons[0] == "9 dB louder than usual"
    assert any("% faster" in why for why in reading.reasons)
    assert any("semitones higher" in why for why in reading.reasons)


def test_three_rising_turns_are_enough_each_of_them_too_weak() -> None:
    rising = [turn(prosody=louder(db, rate)) for db, rate in ((3.5, 1.0), (5.5, 1.25), (8.0, 1.45))]
    mood = after(turn(), turn())
    seen = []
    for one in rising:
        mood, reading = read(mood, one)
        seen.append((reading.estimate < STRONG, mood.annoyed))
    assert seen == [(True, False), (True, False), (True, True)]
    assert not after(turn(), turn(), rising[2], rising[1], rising[0]).annoyed, "falling is no rise"


@pytest.mark.parametrize(
    ("text", "language", "strong"),
    [
        ("我要投诉你们", "zh", True),
        ("我已经说了三遍了", "zh", False),
        ("this is ridiculous", "en", True),
        ("it is still not there", "en", False),
        ("查余额", "zh", None),
        ("hello shelly", "en", None),
    ],
)
def test_trigger_words(text: str, language: str, strong: bool | None) -> None:
    mood, reading = read(Mood(), turn(text, None, language))
    assert mood.annoyed is (strong is True)
    assert bool(reading.reasons) is (strong is not None)


def test_once_annoyed_stays_annoyed_and_does_not_become_the_usual() -> None:
    mood = after(turn(), turn(prosody=louder(12, 1.7, 1.5)), turn(), turn(), turn())
    assert mood.annoyed and mood.usual == USUAL


@example([Prosody(-20, 4, 200, 3), Prosody(-20, 4, 5e-324, 3)])  # once a domain error
@given(
    st.lists(
        st.builds(Prosody, *(st.floats(0, 1000) for _ in range(4)))
        | st.builds(Prosody, st.floats(-96, 0), st.just(0.0), st.just(0.0), st.just(0.0))
        | st.none()
    )
)
def test_any_sound_gives_an_estimate_between_0_and_1(sounds: list[Prosody | None]) -> None:
    mood = Mood()
    for prosody in sounds:
        mood, reading = read(mood, turn(prosody=prosody))
        assert 0.0 <= reading.estimate <= 1.0


FLOW = """
flow: soothing
languages: [zh]
start: ask
nodes:
  ask:
    kind: menu
    prompt: 请问需要什么服务?
    choices:
      balance: {goto: sort, label: 余额, phrases: 查余额}
  sort:
    kind: branch
    cases:
      - {when: caller.annoyed, goto: soothe}
    otherwise: answer
  soothe: {kind: hangup, prompt: "非常抱歉, 马上为您转接资深专员。"}
  answer: {kind: hangup, prompt: "您的余额已发送。"}
"""
FLOWS, ISSUES = read_texts({"soothing": FLOW})
BOOK = FlowBook(FLOWS, "v")


def asked(annoyed: bool = False) -> Stepper:
    call = Stepper("soothing", BOOK)
    profile = {"annoyed": annoyed}
    call.take(events.CallStarted("c", "1", "2", "2026-01-05T10:00:00+08:00", profile))
    call.prompt_ends()
    return call


def says(call: Stepper, spoken: Utterance) -> tuple[actions.Action, ...]:
    return call.take(events.SpeechBegan(), events.Heard(spoken))


def test_a_flow_branches_on_annoyance_and_the_reasons_are_explained() -> None:
    call = asked()
    says(call, turn("[unk]"))
    says(call, turn(prosody=louder(12, 1.6, 1.5)))
    assert "抱歉" in call.said
    told = [one for one in call.actions if isinstance(one, actions.Explain)]
    assert told[0].text.startswith("the caller is annoyed, estimate 0.")
    assert "dB louder" in told[0].text and told[0].facts["annoyed"] is True


def test_a_calm_caller_hears_the_answer_and_nothing_is_explained_of_their_mood() -> None:
    call = asked()
    says(call, turn("[unk]"))
    says(call, turn())
    assert "余额" in call.said
    assert not any("annoy" in one.text for one in call.actions if isinstance(one, actions.Explain))


def test_a_caller_known_to_be_annoyed_is_so_from_the_start() -> None:
    call = asked(annoyed=True)
    says(call, turn())
    assert "抱歉" in call.said


def test_the_mood_outlives_saving_the_call() -> None:
    call = asked()
    says(call, turn("[unk]", louder(1)))
    call.state = state_from(json.loads(json.dumps(record_of(call.state))))
    assert call.state.mood.usual == louder(1)
    says(call, turn(prosody=louder(13, 1.6, 1.5)))
    assert "抱歉" in call.said
