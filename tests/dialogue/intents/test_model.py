"""Model: what the bank's shipped classifier understands, refuses, and how fast; its file."""

import time
from pathlib import Path

import numpy as np
import pytest

from ivr.dialogue.intents import IntentModel, IntentScorer
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.errors import ModelError

SHIPPED = Path(__file__).resolve().parents[3] / "flows" / "bank" / "intents.npz"


@pytest.fixture(scope="module")
def bank() -> IntentModel:
    return load_model(SHIPPED)


@pytest.mark.parametrize(
    ("text", "name", "group", "urgency"),
    [
        ("哎呀我的银行卡不见了", "card_loss", "cards", "critical"),
        ("我想知道账户里面还有多少钱", "balance", "accounts", "low"),
        ("昨天转的钱到现在都没到账", "transfer_missing", "transfers", "high"),
        ("我把钱转错人了怎么办", "transfer_wrong", "transfers", "critical"),
        ("房贷的利率现在多少", "home_loan", "loans", "low"),
        ("帮我转人工客服", "agent", "service", "normal"),
        ("我要投诉你们的柜员", "complaint", "service", "high"),
        ("someone stole my card", "card_loss", "cards", "critical"),
        ("how much money is in my account", "balance", "accounts", "low"),
        ("i forgot my pin code", "card_pin", "cards", "normal"),
    ],
)
def test_what_callers_of_the_bank_mean(
    bank: IntentModel, text: str, name: str, group: str, urgency: str
) -> None:
    reading = bank.read(text)
    assert reading.name == name, reading.why
    assert reading.info is not None
    assert (reading.info.group, reading.info.urgency) == (group, urgency)
    assert reading.probability > 0.3 and reading.guesses[0].name == name


def test_a_misheard_word_of_the_same_sound_is_understood(bank: IntentModel) -> None:
    assert bank.read("我要卦师").guesses[0].name == "card_loss"


@pytest.mark.parametrize(
    "text", ["", "???", "🙂", "明天会下雨吗", "how tall is the tower", "给猫洗澡用什么沐浴露"]
)
def test_what_is_none_of_ours_is_said_to_be(bank: IntentModel, text: str) -> None:
    reading = bank.read(text)
    assert reading.name == "" and reading.names == () and "out of scope" in reading.why


def test_several_intents_of_one_sentence(bank: IntentModel) -> None:
    assert bank.read("我的卡丢了顺便查一下余额").names == ("card_loss", "balance")
    assert bank.read("what is my balance and also i lost my card").names == ("balance", "card_loss")
    assert bank.read("查余额然后查一下余额").names == ("balance",)


def test_it_has_eight_classes_and_thirty_two_intents(bank: IntentModel) -> None:
    assert len(bank.names) == 32
    assert len({info.group for info in bank.infos.values()}) == 8
    scorer: IntentScorer = bank
    assert scorer.read("查余额").name == "balance"


def test_a_sentence_takes_about_a_millisecond_at_most(bank: IntentModel) -> None:
    texts = [
        "我上个月的信用卡账单好像多扣了钱帮我查一下",
        "why was i charged twice for the transfer",
    ]
    bank.read(texts[0])
    took = []
    for text in texts * 50:
        began = time.perf_counter()
        bank.read(text)
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.01  # measured: 0.2 ms; the bound is for busy machines


def test_a_model_read_back_is_the_same(bank: IntentModel, tmp_path: Path) -> None:
    path = tmp_path / "again.npz"
    save_model(bank, path)
    again = load_model(path)
    assert np.array_equal(again.weights, bank.weights)
    assert again.read("我的卡丢了") == bank.read("我的卡丢了")


@pytest.mark.parametrize("damage", ["absent", "empty", "text", "cut"])
def test_a_damaged_file_gives_one_clear_error(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "model.npz"
    whole = SHIPPED.read_bytes()
    content = {"empty": b"", "text": b"not a model", "cut": whole[: len(whole) // 2]}
    if damage != "absent":
        path.write_bytes(content[damage])
    with pytest.raises(ModelError, match="ivr intents train"):
        load_model(path)


def test_a_file_whose_parts_do_not_fit_is_refused(bank: IntentModel, tmp_path: Path) -> None:
    from dataclasses import replace

    path = tmp_path / "model.npz"
    save_model(replace(bank, weights=bank.weights[:-1]), path)
    with pytest.raises(ModelError, match="do not fit"):
        load_model(path)
