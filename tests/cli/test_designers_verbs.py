"""The designer's bench as it is typed: console, test, talk, replay, publish, init."""

import json
import shutil
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner, Result

from ivr.audio.frames import FRAME_BYTES
from ivr.audio.wav import read_pcm, write_wav
from ivr.cli.init import FIRST_LINE, SCHEMA
from ivr.cli.main import app
from ivr.errors import FlowError, SettingsError, StoreError
from ivr.flow.library import check
from ivr.flow.schema.whole import flow_schema
from ivr.rehearsal.files import find_tests
from ivr.rehearsal.suite import run_suite
from tests.callers import voice_of

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "flows" / "bank"
MODEL = ROOT / "models" / "demo-zh-en"
needs_model = pytest.mark.skipif(not MODEL.is_dir(), reason="the demo model is not built")


def run(*arguments: object, typed: str = "") -> Result:
    environment = {"COLUMNS": "80", "TERM": "dumb"}
    return CliRunner().invoke(app, [str(a) for a in arguments], input=typed, env=environment)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with its own settings and a copy of the flows."""
    shutil.copytree(ROOT / "flows", tmp_path / "flows", ignore=shutil.ignore_patterns(".*"))
    models, prompts = MODEL.parent, ROOT / "audio_prompts"
    text = f'[paths]\nmodels = "{models}"\nprompts = "{prompts}"\n'
    (tmp_path / "ivr.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield tmp_path


# -- init ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "flow"), [("clinic", "clinic"), ("My Shop", "hotline")])
def test_init_writes_a_flow_that_lints_and_tests_that_pass(
    tmp_path: Path, folder: str, flow: str
) -> None:
    where = tmp_path / folder
    result = run("init", where)
    assert result.exit_code == 0
    assert (where / f"{flow}.yaml").read_text(encoding="utf-8").startswith(FIRST_LINE)
    assert json.loads((where / SCHEMA).read_text(encoding="utf-8")) == flow_schema()
    assert check(where) == ()
    suite = run_suite(find_tests([where]))
    assert len(suite.results) == 4 and not suite.failed
    assert suite.covered[0].node_percent == 100.0
    assert run("lint", "--strict", "--no-words", where).exit_code == 0


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    assert isinstance(run("init", BANK).exception, SettingsError)
    assert run("init", tmp_path).exit_code == 0


# -- console -------------------------------------------------------------------------------------

CALL = "我的 卡丢了\n/keys 1234\n/state\n对\n/agent busy\n!继续等\n/agent answers\n"


def test_a_typed_call_shows_nodes_reasons_slots_and_timers() -> None:
    result = run("console", BANK, typed=CALL)
    assert result.exit_code == 0
    for shown in (
        "card_loss  by main.card_loss", "certainty 1.00", "card=1234", "waits for words or keys",
        "5.0 s left", "zh-card_loss.3-funds_at_risk", "the caller cut in", "over: transferred",
    ):  # fmt: skip
        assert shown in result.stdout, result.stdout


def test_it_fits_80_columns() -> None:
    from rich.cells import cell_len

    lines = run("console", BANK, typed=CALL).stdout.splitlines()
    assert max(map(cell_len, lines)) <= 80


def test_what_makes_no_sense_changes_nothing() -> None:
    typed = (
        "/key x\n/silence long\n/agent sleeps\n/agent busy\n/dance\n/mock a\n!\n\n/help\n/quit\n"
    )
    result = run("console", BANK, typed=typed)
    assert result.exit_code == 0
    for told in ("keys are", "silence is a number", "an agent answers", "no transfer", "/dance"):
        assert told in result.stdout
    assert result.stdout.count("node welcome") == 1


def test_a_recorded_call_is_a_test_that_passes(tmp_path: Path) -> None:
    file = tmp_path / "bank" / "tests" / "mine.yaml"
    assert run("console", BANK, "--record", file, typed=CALL).exit_code == 0
    result = run("test", file, "--flow", BANK)
    assert result.exit_code == 0 and "1 passed" in result.stdout, result.stdout
    assert "barge_in" in file.read_text(encoding="utf-8")


# -- test ----------------------------------------------------------------------------------------


def test_the_banks_conversations_pass_with_their_coverage() -> None:
    result = run("test", BANK, "--coverage", "--min-nodes", "100", "--min-exits", "95")
    assert result.exit_code == 0, result.stdout
    assert "0 failed" in result.stdout and "100.0 %" in result.stdout


def test_too_little_coverage_fails() -> None:
    result = run("test", BANK, "-k", "opening", "--min-exits", "50")
    assert result.exit_code == 1 and "less than 50 %" in result.stdout


def test_json_and_junit(tmp_path: Path) -> None:
    junit = tmp_path / "out" / "junit.xml"
    found = json.loads(run("test", BANK, "--json", "--junit", junit).stdout)
    assert found["failed"] == 0 and found["conversations"] == len(found["results"]) >= 40
    assert found["coverage"][0]["node_percent"] == 100.0
    assert junit.read_text(encoding="utf-8").count("<testcase") == found["conversations"]


def test_a_failure_shows_place_difference_and_talk_then_update_mends_it(project: Path) -> None:
    file = project / "flows" / "bank" / "tests" / "english.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("intent: home_loan", "intent: car_loan"), encoding="utf-8")
    result = run("test")
    line = next(n for n, text in enumerate(good.splitlines(), 1) if "home_loan" in text)
    assert result.exit_code == 1 and f"english.yaml:{line}: intent" in result.stdout
    assert '- expected "car_loan"' in result.stdout and '+ got      "home_loan"' in result.stdout
    assert run("test", "--update").exit_code == 0
    assert file.read_text(encoding="utf-8") == good


def test_a_broken_test_file_is_told_with_its_place(project: Path) -> None:
    file = project / "flows" / "bank" / "tests" / "x.yaml"
    file.write_text("conversations:\n  - {name: a, steps: [{shout: b}]}\n", encoding="utf-8")
    error = run("test").exception
    assert isinstance(error, FlowError) and "x.yaml:2:" in str(error)


@needs_model
@pytest.mark.model
def test_conversations_by_sound() -> None:
    result = run("test", BANK, "--audio", "-v", "-k", "a hidden choice of the sub-menu")
    assert result.exit_code == 0, result.stdout


# -- replay --------------------------------------------------------------------------------------


def test_replay_of_a_call_and_of_a_folder(project: Path) -> None:
    from ivr.dialogue.simulator import Simulator
    from ivr.flow.library import load_book
    from tests.rehearsal.test_replay import journal_of

    folder = project / ".run" / "journal"
    folder.mkdir(parents=True)
    call = Simulator(load_book(project / "flows" / "bank"), "bank")
    call.start()
    call.say("我的 卡丢了")
    records = [r for r in journal_of(call) if r["kind"] != "FlowPinned"]
    for name in ("1.1", "1.2"):
        lines = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    same = run("replay", "1.1")
    assert same.exit_code == 0 and "1 same" in same.stdout
    flow = project / "flows" / "bank" / "bank.yaml"
    text = flow.read_text(encoding="utf-8")
    assert "goto: card_loss\n" in text
    flow.write_text(text.replace("goto: card_loss\n", "goto: operator\n"), encoding="utf-8")
    parted = run("replay", folder)
    assert parted.exit_code == 1 and "2 calls: 2 route" in parted.stdout
    assert "- then node card_loss" in parted.stdout
    verdicts = [one["verdict"] for one in json.loads(run("replay", folder, "--json").stdout)]
    assert verdicts == ["route", "route"]
    assert isinstance(run("replay", "9.9").exception, SettingsError)


# -- publish -------------------------------------------------------------------------------------


def test_publish_diff_versions_rollback(project: Path) -> None:
    flow = project / "flows" / "bank" / "bank.yaml"
    assert "nothing is published" in run("versions").stdout
    assert isinstance(run("diff").exception, StoreError)
    assert run("publish", "-m", "the first").exit_code == 0
    assert "no difference" in run("diff").stdout
    assert "in force already" in run("publish").stdout
    text = flow.read_text(encoding="utf-8")
    flow.write_text(
        text.replace("别着急, 我马上", "请放心, 我马上").replace("timeout: 5 #", "timeout: 6 #"),
        encoding="utf-8",
    )
    shown = run("diff").stdout
    assert "node card_loss: prompt zh changed from" in shown
    assert "input timeout changed from 5.0 to 6.0" in " ".join(shown.split())
    assert shown.count("input timeout") == 1, "what is the same in many nodes is told once"
    listed = json.loads(run("versions", "--json").stdout)
    assert [one["note"] for one in listed] == ["the first"] and listed[0]["in_force"]
    failed = run("publish")
    assert failed.exit_code == 1 and "nothing was published" in failed.stdout
    assert run("publish", "--force").exit_code == 0
    assert len(json.loads(run("versions", "--json").stdout)) == 2
    assert listed[0]["id"] in run("rollback").stdout


# -- talk ----------------------------------------------------------------------------------------


@needs_model
@pytest.mark.model
async def test_talk_with_a_sound_file(tmp_path: Path) -> None:
    said, heard = tmp_path / "said.wav", tmp_path / "heard.wav"
    write_wav(said, await voice_of("我的卡丢了"))
    import asyncio

    result = await asyncio.to_thread(run, "talk", BANK, "--wav", said, "--out", heard)
    assert result.exit_code == 0, result.stdout
    assert "card_loss  by main.card_loss" in result.stdout
    assert len(read_pcm(heard)) > 8 * 16000, "more than eight seconds of the bot"


def test_talk_without_pyaudio_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    error = run("talk", BANK).exception
    assert isinstance(error, SettingsError)
    assert "portaudio19-dev" in str(error) and "ivr[talk]" in str(error) and "--wav" in str(error)


class FakeCard:
    """PyAudio without a sound card."""

    opened: ClassVar[list[dict[str, Any]]] = []
    fails = True

    def open(self, **options: Any) -> "FakeCard":
        if self.fails:
            raise OSError(-9996, "Invalid input device")
        self.opened.append(options)
        return self

    def stop_stream(self) -> None: ...

    def close(self) -> None: ...

    def terminate(self) -> None: ...


def fake_pyaudio() -> types.ModuleType:
    module = types.ModuleType("pyaudio")
    module.PyAudio = FakeCard  # type: ignore[attr-defined]
    module.paInt16, module.paContinue = 8, 0  # type: ignore[attr-defined]
    return module


def test_talk_without_a_sound_card_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", fake_pyaudio())
    error = run("talk", BANK).exception
    assert isinstance(error, SettingsError) and "Invalid input device" in str(error)


async def test_the_sound_card_is_a_telephone(monkeypatch: pytest.MonkeyPatch) -> None:
    from ivr.audio.frames import SILENCE, AudioFrame
    from ivr.cli.sound_card import open_sound_card

    monkeypatch.setitem(sys.modules, "pyaudio", fake_pyaudio())
    monkeypatch.setattr(FakeCard, "fails", False)
    loud = b"\x01\x02" * (FRAME_BYTES // 2)
    with open_sound_card("me") as channel:
        exchange = FakeCard.opened[-1]["stream_callback"]
        assert exchange(loud, 160, None, 0) == (SILENCE.pcm, 0)
        line = await channel.open_audio()
        line.send(AudioFrame(loud))
        assert exchange(loud, 160, None, 0) == (loud, 0)
        assert await line.receive() == AudioFrame(loud)
        channel.press("5")
        assert await line.receive() == "5"
        assert channel.said == loud
        await line.close()
        assert await line.receive() is None
