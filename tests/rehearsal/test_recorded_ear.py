"""A recorded turn heard again by the real recogniser."""

from pathlib import Path

import pytest

from ivr.audio.frames import seconds_of
from ivr.audio.wav import write_stereo, write_wav
from ivr.dialogue.actions import Listen
from ivr.dialogue.grammar import Grammar
from ivr.errors import AudioError
from ivr.rehearsal.recorded_ear import RecordedEar
from ivr.speech.inline_recogniser import InlineRecogniser
from tests.callers import voice_of

MODEL = Path(__file__).resolve().parents[2] / "models" / "demo-zh-en"
QUIET = bytes(16000 * 2)


@pytest.mark.model
@pytest.mark.skipif(not MODEL.is_dir(), reason="the demo model is not built")
async def test_the_turn_is_found_by_its_times(tmp_path: Path) -> None:
    said = await voice_of("查余额")
    path = tmp_path / "call.wav"
    write_stereo(path, QUIET + said + QUIET, await voice_of("您好"))
    import asyncio

    recogniser = InlineRecogniser({"zh": MODEL})
    ear = RecordedEar(path, recogniser)
    order = Listen(Grammar("zh", ("查余额", "转账", "挂失")))
    began = seconds_of(QUIET) + 0.1
    heard = await asyncio.to_thread(ear.hear, began, began + seconds_of(said) + 0.5, order)
    assert heard is not None and heard.text.replace(" ", "") == "查余额"
    assert await asyncio.to_thread(ear.hear, 900.0, 901.0, order) is None


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    mono, text = tmp_path / "mono.wav", tmp_path / "text.wav"
    write_wav(mono, QUIET)
    text.write_text("no sound", encoding="utf-8")
    for path in (mono, text, tmp_path / "none.wav"):
        with pytest.raises(AudioError):
            RecordedEar(path, InlineRecogniser({}))
