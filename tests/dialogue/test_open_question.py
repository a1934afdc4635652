"""Open questions: words that are no phrase are read by the bank's trained model."""

from pathlib import Path

import pytest

from ivr.dialogue import actions, events
from ivr.dialogue.intents.of_book import fault_of, free_sentences, scorer_of
from ivr.flow.library import load_book, read_texts
from ivr.flow.model import FlowBook, IntentFile
from tests.dialogue.talks import Stepper, utterance

MODEL = Path("flows/bank/intents.npz")
FLOW = """
flow: f
languages: [zh]
start: main
input: {accept: 0.6, reject: 0.35}
commands: {operator: {goto: z}}
nodes:
  main:
    kind: menu
    open: true
    prompt: 请问您要办什么业务
    choices:
      balance: {key: 1, goto: z, label: 查余额, phrases: 查余额}
      card_loss: {key: 2, goto: lost, label: 挂失, phrases: 挂失}
      transfer: {key: 3, goto: paid, label: 转账, phrases: 转账}
      secret:
        {key: 4, goto: z, phrases: 改密码, intent: card_pin, when: 'caller.tier == "vip"'}
  lost: {kind: hangup, prompt: 挂失好了}
  paid: {kind: hangup, prompt: 转好了}
  z: {kind: transfer, prompt: 转, skills: [general], exits: {otherwise: main}}
"""
FLOWS = read_texts({"f": FLOW})[0]
BOOK = FlowBook(FLOWS, "v", intents=IntentFile("intents.npz", MODEL.read_bytes()))


def heard(text: str, confidence: float = 1.0, book: FlowBook = BOOK, **profile: str) -> Stepper:
    stepper = Stepper("f", book)
    stepper.take(events.CallStarted("c", "1", "1", "2026-01-05T10:00:00+08:00", profile))
    stepper.take(events.Heard(utterance(text, confidence)))
    return stepper


def why(stepper: Stepper) -> str:
    return " ".join(a.text for a in stepper.actions if isinstance(a, actions.Explain))


def pending(stepper: Stepper) -> str:
    return stepper.state.pending.name if stepper.state.pending else ""


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("卡 找 不 着 了 先 给 我 停 了 吧", "main.card_loss"),
        ("钱包 被 偷 了 卡 在 里面", "main.card_loss"),
        ("我 想 看看 账上 还 剩 多少 钱", "main.balance"),
    ],
)
def test_free_words_are_asked_about(text: str, choice: str) -> None:
    stepper = heard(text)
    assert pending(stepper) == choice, why(stepper)
    assert "intent" in why(stepper) and "nomatch" not in why(stepper)


def test_yes_takes_what_was_asked_about() -> None:
    stepper = heard("钱包 被 偷 了 卡 在 里面")
    assert "挂失" in stepper.said
    stepper.take(events.Heard(utterance("是")))
    assert stepper.state.node == "lost"


def test_a_choice_of_another_name_is_found_by_what_the_intent_was_trained_with() -> None:
    # The intent is called transfer_make and names main.transfer in its examples.
    assert pending(heard("我 想 给 我 妈 打 点 钱 过去")) == "main.transfer"


def test_of_two_wishes_the_first_is_asked_about_and_both_are_told() -> None:
    stepper = heard("我的 卡 丢 了 顺便 查 一下 余额")
    assert pending(stepper) == "main.card_loss"
    assert "['card_loss', 'balance']" in str(stepper.actions)


def test_phrases_that_nothing_joins_stay_a_mixture() -> None:
    stepper = heard("查 余额 转账")
    assert stepper.state.nomatches == 1 and "mixes" in why(stepper)


def test_what_is_none_of_ours_is_refused_with_the_reason() -> None:
    stepper = heard("今天 天气 真 不错")
    assert stepper.state.nomatches == 1 and "out of scope" in why(stepper)


def test_an_intent_counts_only_where_a_choice_stands_for_it() -> None:
    stepper = heard("密码 忘记 了 怎么 办")
    assert stepper.state.nomatches == 1 and "no choice here stands for it" in why(stepper)
    assert heard("密码 忘记 了 怎么 办", tier="vip").state.node == "z"  # certain enough


def test_the_recogniser_must_be_sure_too() -> None:
    stepper = heard("钱包 被 偷 了 卡 在 里面", 0.3)
    assert stepper.state.nomatches == 1 and "reject" in why(stepper)


def test_phrases_go_before_the_model() -> None:
    stepper = heard("挂失")
    assert stepper.state.node == "lost" and "intent" not in why(stepper)


def test_a_menu_that_is_not_open_does_not_ask_the_model() -> None:
    flows = read_texts({"f": FLOW.replace("    open: true\n", "")})[0]
    book = FlowBook(flows, "v", intents=BOOK.intents)
    assert heard("钱包 被 偷 了 卡 在 里面", book=book).state.nomatches == 1


@pytest.mark.parametrize("data", [b"", b"no zip", MODEL.read_bytes()[:-2000]])
def test_calls_do_without_a_damaged_model(data: bytes) -> None:
    book = FlowBook(FLOWS, "v", intents=IntentFile("intents.npz", data))
    assert scorer_of(book) is None and "ivr intents train" in fault_of(book)
    assert heard("钱包 被 偷 了 卡 在 里面", book=book).state.nomatches == 1
    assert heard("挂失", book=book).state.node == "lost"


def test_the_model_beside_the_flows_is_part_of_their_version(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text(FLOW, encoding="utf-8")
    without = load_book(tmp_path)
    assert [issue.code for issue in without.issues] == ["open-without-intents"]
    (tmp_path / "intents.npz").write_bytes(MODEL.read_bytes())
    book = load_book(tmp_path)
    assert book.issues == () and book.version != without.version
    assert scorer_of(book) is not None and scorer_of(book) is scorer_of(load_book(tmp_path))


FOLLOWING = FLOW.replace(
    "  lost: {kind: hangup, prompt: 挂失好了}",
    """  lost: {kind: say, prompt: 挂失好了, goto: else}
  else:
    kind: menu
    prompt: 还有什么可以帮您
    follow_up: true
    also: main
    choices:
      leave: {key: 5, goto: bye, phrases: 没有了}
  bye: {kind: hangup, prompt: 再见}""",
)


def two_wishes() -> Stepper:
    flows, issues = read_texts({"f": FOLLOWING})
    assert not issues
    stepper = heard(
        "我的 卡 丢 了 顺便 查 一下 余额", book=FlowBook(flows, "v", intents=BOOK.intents)
    )
    assert stepper.state.later == ("f/main.balance",)
    stepper.says("是")
    stepper.prompt_ends()
    assert stepper.state.node == "else"
    return stepper


def test_the_second_wish_is_offered_once_the_first_is_done() -> None:
    stepper = two_wishes()
    assert "您刚才还想 查余额 现在办吗?" in stepper.said
    assert stepper.state.pending and stepper.state.later == ()
    stepper.says("好的")
    assert stepper.state.node == "z"


@pytest.mark.parametrize("by_key", [True, False])
def test_declined_the_menu_asks_its_own_question(by_key: bool) -> None:
    stepper = two_wishes()
    stepper.keys("2") if by_key else stepper.says("不用了")
    assert stepper.state.node == "else" and stepper.said == "还有什么可以帮您"
    assert stepper.state.nomatches == 0 and stepper.state.pending is None
    stepper.says("没有了")
    assert stepper.state.node == "bye"


def test_a_flow_may_word_the_offer_itself() -> None:
    flows, _ = read_texts({"f": 'follow_up: "还要{choice}吗?"\n' + FOLLOWING})
    stepper = heard(
        "我的 卡 丢 了 顺便 查 一下 余额", book=FlowBook(flows, "v", intents=BOOK.intents)
    )
    stepper.says("是")
    stepper.prompt_ends()
    assert stepper.said.endswith("还要 查余额 吗?")


def test_another_sentence_takes_it_off_the_list() -> None:
    flows, _ = read_texts({"f": FOLLOWING})
    stepper = heard(
        "我的 卡 丢 了 顺便 查 一下 余额", book=FlowBook(flows, "v", intents=BOOK.intents)
    )
    stepper.says("不是")
    stepper.says("钱包 被 偷 了 卡 在 里面")
    assert pending(stepper) == "main.card_loss" and stepper.state.later == ()


def test_an_open_menu_listens_for_the_sentences_of_the_model_too() -> None:
    stepper = heard("")
    (listening,) = stepper.of(actions.Listen)
    assert isinstance(listening, actions.Listen) and listening.grammar.open
    sentences = free_sentences(BOOK, "zh")
    assert "卡找不着了先给我停了吧" in sentences and "卡找不着了先给我停了吧" not in str(listening)
    assert 500 < len(sentences) <= 1000 and free_sentences(BOOK, "fr") == ()
    stepper.says("钱包 被 偷 了 卡 在 里面")
    (answer,) = stepper.of(actions.Listen)
    assert isinstance(answer, actions.Listen) and not answer.grammar.open
