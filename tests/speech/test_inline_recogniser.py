"""The recogniser that decodes at once: the same results as on threads, without waiting."""

from pathlib import Path

import pytest

from ivr.audio.frames import SILENCE, AudioFrame, frames_of
from ivr.errors import ModelError, SpeechError
from ivr.ports import Word
from ivr.speech.inline_recogniser import InlineHearing, InlineRecogniser
from ivr.speech.recogniser import BATCH_FRAMES, VoskRecogniser
from tests.callers import voice_of

MODEL = Path(__file__).resolve().parents[2] / "models" / "demo-zh-en"


class Decoder:
    """Counts what it is given."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def accept(self, pcm: bytes) -> None:
        self.batches.append(len(pcm) // len(SILENCE.pcm))

    def partial(self) -> str:
        return f"{sum(self.batches)} frames"

    @property
    def alternatives(self) -> tuple[str, ...]:
        return ()

    def finish(self) -> tuple[Word, ...]:
        return (Word("done", 1.0, 0.0, 0.1),)


async def test_partial_results_are_those_of_the_frames_fed() -> None:
    decoder = Decoder()
    hearing = InlineHearing(decoder, "zh")
    for _ in range(BATCH_FRAMES * 2 + 1):
        hearing.feed(SILENCE)
    assert hearing.partial == f"{BATCH_FRAMES * 2} frames"
    found = await hearing.finish()
    assert (found.text, found.language) == ("done", "zh")
    assert decoder.batches == [BATCH_FRAMES, BATCH_FRAMES, 1]
    hearing.feed(SILENCE)
    with pytest.raises(SpeechError, match="over"):
        await hearing.finish()


async def test_a_cancelled_turn_is_over() -> None:
    hearing = InlineHearing(Decoder(), "zh")
    hearing.cancel()
    hearing.feed(AudioFrame(SILENCE.pcm))
    with pytest.raises(SpeechError):
        await hearing.finish()


def test_a_language_without_a_model_is_told() -> None:
    with pytest.raises(ModelError, match="'fr'"):
        InlineRecogniser({}).listen("fr", ("oui",))


@pytest.mark.model
@pytest.mark.skipif(not MODEL.is_dir(), reason="the demo model is not built")
async def test_it_hears_what_the_threads_hear() -> None:
    frames = [*frames_of(await voice_of("我的卡丢了")), *[SILENCE] * 20]
    phrases = ("我的卡丢了", "查余额", "转账")
    inline = InlineRecogniser({"zh": MODEL}).listen("zh", phrases)
    async with VoskRecogniser({"zh": MODEL}) as threads:
        other = threads.listen("zh", phrases)
        for frame in frames:
            inline.feed(frame)
            other.feed(frame)
        assert (await inline.finish()).words == (await other.finish()).words
