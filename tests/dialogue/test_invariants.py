"""What holds in every call, whatever happens in it."""

import json
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.dialogue import actions, engine, events
from ivr.dialogue.records import event_from, record_of, state_from
from ivr.dialogue.state import State, Waiting
from ivr.flow.library import load_book
from ivr.ports import TransferOutcome, Utterance, Word
from tests.dialogue.talks import CLINIC, DATA, PHARMACY, ROOT, STARTED

BOOKS = {
    "clinic": CLINIC,
    "bank": load_book(Path(ROOT, "flows", "bank")),
    "pharmacy": PHARMACY,
    "message": load_book(DATA / "message.yaml"),
    "cards": load_book(DATA / "cards.yaml"),
}
WORDS = [
    "[unk]", "挂号", "取消预约", "我", "的", "卡丢了", "查余额", "余额", "转账", "一", "二",
    "幺", "三千", "对", "不对", "是的", "人工", "返回", "主菜单", "English", "book", "yes", "no",
    "", "𠮷", "one",
]  # fmt: skip

serials = st.integers(-1, 40)
"""Some of these fit; the tests also use the serial that is waited for."""

words = st.builds(Word, st.sampled_from(WORDS), st.floats(0, 1), st.just(0.0), st.just(0.3))
heard = st.builds(
    lambda spoken, language: events.Heard(Utterance(tuple(spoken), language, 1.0)),
    st.lists(words, max_size=6),
    st.sampled_from(["zh", "en", "xx"]),
)
FIT = "fit"
happenings = st.one_of(
    st.just(FIT),
    st.just(FIT),
    st.builds(events.SpeechBegan),
    heard,
    heard,
    st.builds(events.KeyPressed, st.sampled_from("0123456789*#A")),
    st.builds(events.KeyPressed, st.text(max_size=2)),
    st.builds(events.PromptEnded, serials, st.booleans()),
    st.builds(events.TimerRang, serials),
    st.builds(events.RecordingEnded, serials, st.sampled_from(["silence", "failed"])),
    st.builds(events.LookupEnded, serials, st.sampled_from(["ok", "failed"])),
    st.builds(events.TransferEnded, serials, st.sampled_from(TransferOutcome)),
    st.builds(events.OrderGiven, st.sampled_from(["goto", "transfer", "dance"]),
              st.sampled_from(["main", "operator", "", "general"])),
    st.just(STARTED),
)  # fmt: skip
rare = st.one_of(happenings, st.sampled_from([events.CallerHungUp(), events.OrderGiven("hangup")]))
calls = st.tuples(
    st.sampled_from(sorted(BOOKS)), st.lists(happenings, max_size=25), st.lists(rare, max_size=8)
)


def fitting(state: State) -> events.Event:
    """The event that the talk waits for."""
    if state.waiting is Waiting.START:
        return STARTED
    if state.waiting is Waiting.LOOKUP:
        return events.LookupEnded(state.errand, "ok", {"name": "x", "vip": True})
    if state.waiting is Waiting.RECORDING:
        return events.RecordingEnded(state.errand, "silence", 3.0, 2.0, "m.wav")
    if state.waiting is Waiting.TRANSFER:
        return events.TransferEnded(state.errand, TransferOutcome.BUSY)
    if state.saying:
        return events.PromptEnded(state.saying)
    return events.TimerRang(state.timer)


def check_waits(state: State) -> None:
    """An unended call always waits for something that will come."""
    if state.ended:
        assert state.outcome
    elif state.waiting is Waiting.PROMPT:
        assert state.saying
    elif state.waiting is Waiting.INPUT:
        assert state.saying or state.timer
    elif state.waiting in (Waiting.TRANSFER, Waiting.LOOKUP):
        assert state.errand
    elif state.waiting is Waiting.RECORDING:
        assert state.errand and state.timer


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(calls)
def test_any_call(call: tuple[str, list[object], list[object]]) -> None:
    flow, first, rest = call
    book = BOOKS[flow]
    state = engine.start(book, flow)
    happened: list[events.Event] = []
    states = [state]
    for one in [STARTED, *first, *rest]:
        event = fitting(state) if one == FIT else one
        after, asked = engine.step(book, state, event)  # type: ignore[arg-type]
        happened.append(event)  # type: ignore[arg-type]
        check_waits(after)
        assert after.failures == 0, asked
        hung_up = [n for n, action in enumerate(asked) if isinstance(action, actions.HangUp)]
        assert hung_up in ([], [len(asked) - 1]), "nothing after HangUp"
        if state.ended:
            assert after == state and asked == ()
        played = [a.serial for a in asked if isinstance(a, actions.PlayPrompt | actions.SetTimer)]
        assert played == sorted(set(played)) and all(s > state.serial for s in played)
        # Saved and restored in the middle of the call, the same follows.
        restored = state_from(json.loads(json.dumps(record_of(state))))
        repeated = event_from(json.loads(json.dumps(record_of(event))))  # type: ignore[arg-type]
        assert engine.step(book, restored, repeated) == (after, asked)
        state = after
        states.append(state)
    replayed = states[0]
    for event, expected in zip(happened, states[1:], strict=True):
        replayed, _ = engine.step(book, replayed, event)
        assert replayed == expected


@settings(max_examples=100, deadline=None)
@given(calls)
def test_a_listening_call_never_dictates_openly(
    call: tuple[str, list[object], list[object]],
) -> None:
    flow, first, rest = call
    state = engine.start(BOOKS[flow], flow)
    for one in [STARTED, *first, *rest]:
        event = fitting(state) if one == FIT else one
        state, asked = engine.step(BOOKS[flow], state, event)  # type: ignore[arg-type]
        for action in asked:
            assert not isinstance(action, actions.Listen) or action.grammar.vocabulary
