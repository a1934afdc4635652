"""Conversations by sound: spoken by a voice, heard by the real VAD, Vosk and timers."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.events import Heard
from ivr.dialogue.exits import traced
from ivr.flow.library import load_book
from ivr.rehearsal.audio_stage import speakable
from ivr.rehearsal.files import TestFile
from ivr.rehearsal.performance import Performance, perform
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.script_reader import read_script
from ivr.rehearsal.studio import Studio, open_studio
from ivr.speech.vad import WebrtcVad

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "demo-zh-en"
BANK = ROOT / "flows" / "bank"
BOOK = traced(load_book(BANK))
SPOKEN = {
    "requests": (
        "a lost card, by voice into the greeting, keys for the digits",
        "a hidden choice of the sub-menu said at the main menu",
        "the caller hangs up in the queue",
    ),
    "agents": ("loan specialists are busy, do not answer, cannot be reached",),
    "english": ("a mortgage",),
}

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not MODEL.is_dir(), reason="the demo model is not built"),
]


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    models = {"zh": MODEL, "en": MODEL}
    with open_studio(models, ROOT / "audio_prompts", WebrtcVad) as opened:
        yield opened


def conversation(file: str, name: str) -> Conversation:
    path = BANK / "tests" / f"{file}.yaml"
    every = read_script(TestFile(path, BANK).read(), path.name)
    return replace(next(one for one in every if one.name == name), flow="bank")


def play(studio: Studio, one: Conversation) -> Performance:
    return perform(one, studio.stage(BOOK, one))


@pytest.mark.parametrize(
    ("file", "name"), [(file, name) for file, names in SPOKEN.items() for name in names]
)
def test_it_goes_as_written(studio: Studio, file: str, name: str) -> None:
    done = play(studio, conversation(file, name))
    talk = "\n".join(f"{line.at:6.1f} {line.who:7} {line.text}" for line in done.stage.lines)
    assert not done.failures, "\n".join(map(str, done.failures)) + "\n" + talk


def test_it_is_the_same_each_time_and_faster_than_real(studio: Studio) -> None:
    one = conversation("requests", SPOKEN["requests"][0])
    first = play(studio, one)
    began = time.monotonic()
    again = play(studio, one)
    took = time.monotonic() - began
    assert [what for _, what in first.stage.log] == [what for _, what in again.stage.log]
    assert any(isinstance(what, Heard) for _, what in again.stage.log)
    assert took < again.stage.time, "slower than real time"


def test_an_answer_comes_within_its_time(studio: Studio) -> None:
    text = """\
flow: bank
conversations:
  - name: a
    steps:
      - silence: 2
      - caller: 我的卡丢了
      - expect: {node: card_loss, within_ms: 1500}
"""
    (one,) = read_script(text, "a.yaml")
    done = play(studio, one)
    assert not done.failures, done.failures
    (tight,) = read_script(text.replace("1500", "100"), "a.yaml")
    (failure,) = play(studio, tight).failures
    assert failure.what == "within_ms" and failure.got.endswith(" ms")


def test_what_only_a_machine_can_say_is_not_spoken() -> None:
    for steps, possible in (("caller: 转账", True), ('caller: "[unk]"', False)):
        text = f"conversations:\n  - name: a\n    steps:\n      - {steps}\n"
        assert speakable(read_script(text, "a.yaml")[0]) is possible


def test_lookups_take_their_time(studio: Studio, tmp_path: Path) -> None:
    from tests.rehearsal.test_performance import LOOKUP

    (tmp_path / "shop.yaml").write_text(LOOKUP, encoding="utf-8")
    text = """\
flow: shop
mock: {stock: {values: {count: 7}, after: 1.5}}
conversations:
  - name: a
    steps:
      - expect: {text: 还有, exit: ask.ok, ended: done}
"""
    (one,) = read_script(text, "a.yaml")
    done = perform(one, studio.stage(traced(load_book(tmp_path)), one))
    assert not done.failures, done.failures
    assert [line.at >= 1.5 for line in done.stage.lines] == [False, True, True]
