import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli.prompts import app
from ivr.errors import FlowError, VoiceError
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.sound_files import read_sound, wav_bytes

FLOW = """\
flow: tiny
languages: [zh, en]
start: hello
nodes:
  hello:
    kind: say
    prompt:
      zh: 您好，欢迎致电东方银行。
      en: Welcome to Eastern Bank.
    goto: bye
  bye:
    kind: hangup
    prompt:
      zh: 感谢来电，再见。
      en: Goodbye.
"""


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW, encoding="utf-8")
    return path


def run(verb: str, flow: Path, *options: str) -> Result:
    audio = flow.parent / "audio"
    arguments = [verb, "--flows", str(flow), "--audio", str(audio), *options]
    return CliRunner().invoke(app, arguments)


def listed(flow: Path) -> dict[str, dict[str, object]]:
    result = run("list", flow, "--json")
    assert result.exit_code == 0, result.output
    return {f"{one['language']}/{one['name']}": one for one in json.loads(result.stdout)}


def test_build_then_list(flow: Path) -> None:
    before = listed(flow)
    assert {one["origin"] for one in before.values()} == {"missing"}
    built = run("build", flow)
    assert built.exit_code == 0, built.output
    assert f"{len(before)} rendered, 0 kept, 0 recorded, 0 failed" in built.stdout
    after = listed(flow)
    assert {one["origin"] for one in after.values()} == {"synthesis"}
    for one in after.values():
        assert isinstance(one["seconds"], float)
        assert 0.2 < one["seconds"] < 20
        assert read_sound(Path(str(one["file"])))
    assert f"{len(before)} kept" in run("build", flow).stdout


def test_a_recording_stays_and_a_changed_text_is_rendered(flow: Path) -> None:
    run("build", flow)
    name = next(key for key, one in listed(flow).items() if one["text"] == "Goodbye.")
    recording = flow.parent / "audio" / f"{name}.wav"
    recording.write_bytes(wav_bytes(b"\x10\x00" * 8000))
    flow.write_text(FLOW.replace("感谢来电，再见。", "谢谢，再见。"), encoding="utf-8")
    assert sum(one["origin"] == "outdated" for one in listed(flow).values()) == 1
    built = run("build", flow)
    assert "1 rendered" in built.stdout
    assert "1 recorded" in built.stdout
    assert listed(flow)[name]["seconds"] == 1.0
    assert listed(flow)[name]["origin"] == "recording"


def test_the_table_fits_a_terminal(flow: Path) -> None:
    result = run("list", flow)
    assert result.exit_code == 0
    assert "missing" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


def test_an_unspeakable_prompt_is_named(flow: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Choosy(EspeakVoice):
        async def speak(self, text: str, language: str) -> bytes:
            if text == "Goodbye.":
                raise VoiceError("cannot say this")
            return await super().speak(text, language)

    monkeypatch.setattr("ivr.cli.prompts.EspeakVoice", Choosy)
    result = run("build", flow)
    assert isinstance(result.exception, VoiceError)
    assert re.search(r"en/tiny\.bye\S*: cannot say this", result.stderr)
    assert {one["origin"] for one in listed(flow).values()} == {"synthesis", "missing"}


def test_an_absent_network_is_given_up_soon(
    flow: Path, monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{unused_tcp_port}/?x=1")
    result = run("build", flow, "--voice", "edge")
    assert isinstance(result.exception, VoiceError)
    assert "gave up" in str(result.exception)
    assert {one["origin"] for one in listed(flow).values()} == {"missing"}


def test_a_broken_flow_is_a_flow_error(flow: Path) -> None:
    flow.write_text("flow: tiny\n", encoding="utf-8")
    result = run("build", flow)
    assert isinstance(result.exception, FlowError)
