"""The engine event by event: what is asked for in answer to each."""

import pytest

from ivr.dialogue import actions, engine, events
from ivr.dialogue.state import State, Waiting
from ivr.errors import FlowError
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook
from ivr.ports import TransferOutcome
from tests.dialogue.talks import CLINIC, STARTED, Stepper, heard


def kinds(asked: tuple[actions.Action, ...]) -> list[str]:
    return [type(action).__name__ for action in asked]


def test_an_unknown_flow_is_an_error() -> None:
    with pytest.raises(FlowError, match='no flow "bakery"'):
        engine.start(CLINIC, "bakery")


def test_a_call_begins_with_the_first_prompt() -> None:
    call = Stepper()
    assert kinds(call.take(STARTED)) == ["EnterNode", "PlayPrompt"]
    assert call.state.waiting is Waiting.PROMPT
    assert call.said == "您好, 这里是诊所。"


def test_a_question_listens_while_it_is_asked_and_waits_from_its_end() -> None:
    call = Stepper().at_main()
    assert kinds(call.actions) == ["EnterNode", "PlayPrompt", "Listen"]
    listen = call.of(actions.Listen)[0]
    assert isinstance(listen, actions.Listen)
    assert {"挂号", "我要挂号", "化验单", "人工", "返回"} <= set(listen.grammar.phrases)
    assert call.prompt_ends() == (actions.SetTimer(call.state.timer, 4.0),)


def test_speech_stops_the_prompt_and_no_timer_runs_meanwhile() -> None:
    call = Stepper().at_main()
    assert kinds(call.take(events.SpeechBegan())) == ["StopPrompt", "SetTimer"]
    assert call.take(events.PromptEnded(2, completed=False)) == ()
    call.take(heard("我要 挂号"))
    assert call.state.node == "number"


def test_a_turn_that_never_ends_is_a_nomatch() -> None:
    call = Stepper().at_main()
    call.take(events.SpeechBegan())
    call.timer_rings()
    assert call.state.nomatches == 1
    assert not call.state.speaking and call.state.listening


def test_a_key_pressed_in_the_greeting_answers_the_menu() -> None:
    call = Stepper()
    call.take(STARTED)
    assert kinds(call.keys("1"))[0] == "StopPrompt"
    assert call.state.node == "number"
    assert call.state.typed == ""


def test_keys_typed_ahead_go_through_several_questions() -> None:
    call = Stepper()
    call.take(STARTED)
    call.keys("1123#")
    assert call.state.pending is not None and call.state.pending.value == "123"


def test_keys_take_over_from_speech() -> None:
    call = Stepper().at_main()
    call.keys("1")
    call.take(events.SpeechBegan())
    assert kinds(call.keys("4")) == ["StopListening", "SetTimer"]
    assert call.take(heard("一 二 三")) == (), "the turn was forgotten"
    call.keys("56")
    call.timer_rings()
    assert call.said == "您的号码是 4 5 6 对吗?"


def test_too_few_keys_are_a_nomatch_that_says_why() -> None:
    call = Stepper().at_main()
    call.keys("112")
    call.timer_rings()
    why = call.of(actions.Explain)[0]
    assert isinstance(why, actions.Explain) and why.text == "nomatch: 2 digits keyed, 3 needed"
    assert call.state.keys == ""


def test_star_forgets_keys_and_then_goes_back() -> None:
    call = Stepper().at_main()
    call.keys("112*")
    assert call.state.node == "number" and call.state.keys == ""
    call.keys("*")
    assert call.state.node == "main"


def test_a_value_is_confirmed_and_can_be_refused() -> None:
    call = Stepper().at_main()
    call.keys("1")
    call.says("我的 号码 是 幺 二 三 四")
    assert call.state.pending is not None and call.state.pending.value == "1234"
    call.says("不对")
    assert call.state.pending is None and call.state.node == "number"
    call.says("一 二 三")
    call.says("对")
    assert call.state.slots == {"number": "123"}


def test_no_barge_in_means_listening_after_the_prompt() -> None:
    call = Stepper().at_main()
    call.keys("1123#1")
    assert call.state.node == "quiet" and not call.state.listening
    assert call.take(events.SpeechBegan()) == ()
    assert call.keys("5") == (), "keys wait for the end of the prompt too"
    call.prompt_ends()
    assert call.state.keys == "5" and not call.state.listening
    call.keys("00#")
    assert call.state.slots["price"] == 500
    assert "500元" in call.said


def test_an_unsure_choice_is_asked_about() -> None:
    call = Stepper().at_main()
    call.says("挂号", confidence=0.5)
    assert call.state.node == "main" and "您是说 挂号" in call.said
    call.says("是的")
    assert call.state.node == "number" and call.state.intent == "book"


def test_noinput_climbs_to_the_operator() -> None:
    call = Stepper().at_main()
    for count in (1, 2):
        call.prompt_ends()
        call.timer_rings()
        assert call.state.noinputs == count and "没有听到" in call.said
    call.prompt_ends()
    call.timer_rings()
    assert call.state.node == "desk"


def test_a_ladder_of_the_node_wins_and_names_its_exit() -> None:
    call = Stepper().at_main()
    call.keys("2")
    call.prompt_ends()
    call.timer_rings()
    assert call.said == "请说是或者不是"
    call.prompt_ends()
    call.timer_rings()
    assert call.state.node == "bye"


def test_stale_serials_are_ignored() -> None:
    call = Stepper().at_main()
    call.prompt_ends()
    before = call.state
    for event in (
        events.TimerRang(0),
        events.TimerRang(before.timer - 1),
        events.PromptEnded(0),
        events.PromptEnded(before.serial + 1),
        events.TransferEnded(before.serial, TransferOutcome.BUSY),
        events.LookupEnded(before.serial, "ok"),
        STARTED,
        events.KeyPressed("x"),
    ):
        assert call.take(event) == ()
        assert call.state == before


def test_commands_by_voice_and_key() -> None:
    call = Stepper().at_main()
    call.says("再说一遍")
    assert "挂号请按 1" in call.said and call.state.nomatches == 0
    call.says("帮助")
    assert call.said == "您可以说挂号"
    call.keys("8")
    assert call.state.language == "en" and "to book press 1" in call.said
    call.says("main menu")
    assert call.state.node == "main" and call.state.trail == ()
    call.keys("0")
    assert call.state.node == "desk"


def test_a_transfer_tells_the_whole_story() -> None:
    call = Stepper().at_main()
    call.says("拿 化验 结果")
    call.prompt_ends()
    start = call.of(actions.StartTransfer)[0]
    assert isinstance(start, actions.StartTransfer)
    assert dict(start.need.skills) == {"general": 3} and start.language == "zh"
    assert start.need.issue == "help"
    assert start.whisper[0].text == "化验"
    assert start.context["intent"] == "tests"
    assert call.state.waiting is Waiting.TRANSFER


@pytest.mark.parametrize(
    ("outcome", "node", "ended"),
    [
        (TransferOutcome.NO_ANSWER, "main", ""),
        (TransferOutcome.BUSY, "bye", ""),
        (TransferOutcome.FAILED, "bye", ""),
        (TransferOutcome.ANSWERED, "desk", "transferred"),
        (TransferOutcome.ABANDONED, "desk", "abandoned"),
    ],
)
def test_every_outcome_of_a_transfer(outcome: TransferOutcome, node: str, ended: str) -> None:
    call = Stepper().at_main()
    call.keys("0")
    call.prompt_ends()
    for late in (heard("挂号"), events.KeyPressed("1"), events.SpeechBegan(), events.TimerRang(3)):
        assert call.take(late) == ()
    call.take(events.TransferEnded(call.state.errand, outcome))
    assert (call.state.node, call.state.outcome) == (node, ended)


def test_nothing_follows_the_end() -> None:
    call = Stepper().at_main()
    assert call.take(events.CallerHungUp()) == ()
    assert call.state.ended and call.state.outcome == "caller_hung_up"
    for event in (
        STARTED,
        heard("挂号"),
        events.KeyPressed("1"),
        events.OrderGiven("goto", "main"),
    ):
        assert call.take(event) == ()


def test_a_hangup_node_says_goodbye_first() -> None:
    call = Stepper().at_main()
    call.take(events.OrderGiven("goto", "bye"))
    assert call.said == "再见" and not call.state.ended
    assert call.prompt_ends() == (actions.HangUp("done"),)


def test_orders() -> None:
    call = Stepper().at_main()
    call.take(events.OrderGiven("transfer", "general"))
    assert call.state.waiting is Waiting.TRANSFER
    call.take(events.OrderGiven("goto", "main"))
    assert call.state.waiting is Waiting.TRANSFER, "the queue has the caller"
    call.take(events.TransferEnded(call.state.errand, TransferOutcome.BUSY))
    assert call.state.node == "main" and call.state.waiting is Waiting.INPUT
    call.take(events.OrderGiven("goto", "nowhere"))
    assert call.state.node == "main"
    call.take(events.OrderGiven("hangup"))
    assert call.state.outcome == "ordered"


CIRCLE = """
flow: circle
languages: [zh]
start: a
commands: {operator: {goto: desk}}
nodes:
  a: {kind: say, prompt: "{empty}", goto: b}
  b: {kind: say, prompt: "{empty}", goto: a}
  c: {kind: collect, slot: empty, prompt: 请说, goto: a}
  desk: {kind: transfer, prompt: 转接, skills: [general], exits: {otherwise: a}}
"""


def test_a_flow_that_runs_away_ends_at_the_operator_and_then_ends() -> None:
    flows, _ = read_texts({"circle.yaml": CIRCLE})
    call = Stepper("circle", FlowBook(flows, "v"))
    call.take(STARTED)
    assert call.state.node == "desk" and call.state.failures == 1
    assert "很抱歉" in call.said
    call.prompt_ends()
    call.take(events.TransferEnded(call.state.errand, TransferOutcome.BUSY))
    assert call.state.outcome == "flow_failed"
    assert kinds(call.actions)[-1] == "HangUp"


def test_a_state_of_another_book_goes_to_the_operator() -> None:
    lost = State(
        flow="clinic", version="old", language="zh", node="gone", waiting=Waiting.INPUT, timer=3
    )
    state, asked = engine.step(CLINIC, lost, events.TimerRang(3))
    assert state.node == "desk" and "PlayPrompt" in kinds(asked)
    state, asked = engine.step(FlowBook({}, "v"), lost, events.TimerRang(3))
    assert state.ended and kinds(asked) == ["Explain", "HangUp"]


def test_a_transfer_knows_how_often_nobody_answered() -> None:
    call = Stepper().at_main()
    for attempts in range(3):
        actions_now = call.take(events.OrderGiven("transfer", "general"))
        (transfer,) = [a for a in actions_now if isinstance(a, actions.StartTransfer)]
        assert transfer.need.attempts == attempts
        call.take(events.TransferEnded(call.state.errand, TransferOutcome.NO_ANSWER))
    # Who was taken out by an order, or given back by a supervisor, was not left unanswered.
    call.take(events.OrderGiven("transfer", "general"))
    ends = call.state.errand
    assert call.take(events.TransferEnded(ends, TransferOutcome.WITHDRAWN)) == ()
    assert call.state.errand == ends
    call.take(events.OrderGiven("goto", "main", ends))
    assert (call.state.node, call.state.waiting, call.state.attempts) == ("main", Waiting.INPUT, 3)
    call.take(events.OrderGiven("takeover", "gu"))
    call.take(events.TransferEnded(call.state.errand, TransferOutcome.RETURNED))
    assert (call.state.node, call.state.attempts) == ("main", 3)


def test_orders_that_cannot_be_obeyed_change_nothing() -> None:
    call = Stepper().at_main()
    before = call.state
    for order in (
        events.OrderGiven("goto", "nowhere"),
        events.OrderGiven("goto", "other.main"),
        events.OrderGiven("goto"),
        events.OrderGiven("takeover"),
        events.OrderGiven("dance", "main"),
    ):
        (told,) = call.take(order)
        assert isinstance(told, actions.Explain) and "refused" in told.text
        assert call.state == before
