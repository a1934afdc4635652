"""What Vosk's JSON becomes; the recogniser here plays back what the real one was seen to say."""

import json

import pytest

from ivr.speech.vosk_decoder import VoskDecoder


class ScriptedRecogniser:
    """Ends a segment of its own after each of `ends` bytes, as Vosk's endpoint detection does."""

    def __init__(self, ends: int = 10**9) -> None:
        self.taken = 0
        self.words = False
        self.pending: list[dict[str, object]] = []
        self._ends = ends

    def SetWords(self, on: bool) -> None:  # noqa: N802
        self.words = on

    def AcceptWaveform(self, pcm: bytes) -> int:  # noqa: N802
        self.taken += len(pcm)
        return int(self.taken % self._ends == 0)

    def PartialResult(self) -> str:  # noqa: N802
        return json.dumps({"partial": "查 余额"})

    def Result(self) -> str:  # noqa: N802
        word = {"word": "喂", "conf": 1.000001, "start": 0.1, "end": 0.2}
        return json.dumps({"result": [word], "text": "喂"})

    def FinalResult(self) -> str:  # noqa: N802
        word = {"word": "余额", "conf": 0.5, "start": 0.3, "end": 0.7}
        return json.dumps({"result": [word], "text": "余额"})


def test_words() -> None:
    recogniser = ScriptedRecogniser()
    decoder = VoskDecoder(recogniser, 8000, 8000)
    decoder.accept(bytes(640))
    assert decoder.partial() == "查 余额"
    (word,) = decoder.finish()
    assert (word.text, word.confidence, word.start, word.end) == ("余额", 0.5, 0.3, 0.7)
    assert recogniser.words


def test_segments_that_vosk_ends_itself_are_joined() -> None:
    decoder = VoskDecoder(ScriptedRecogniser(ends=640), 8000, 8000)
    decoder.accept(bytes(640))
    assert decoder.partial() == "喂 查 余额"
    words = decoder.finish()
    assert [word.text for word in words] == ["喂", "余额"]
    assert words[0].confidence == 1.0


def test_silence() -> None:
    recogniser = ScriptedRecogniser()
    recogniser.FinalResult = lambda: '{"text": ""}'  # type: ignore[method-assign]
    assert VoskDecoder(recogniser, 8000, 8000).finish() == ()


@pytest.mark.parametrize(("rate", "expected"), [(8000, 3200), (16000, 6400)])
def test_audio_comes_at_the_rate_of_the_model(rate: int, expected: int) -> None:
    recogniser = ScriptedRecogniser()
    decoder = VoskDecoder(recogniser, 8000, rate)
    for _ in range(10):
        decoder.accept(bytes(320))
    decoder.finish()
    assert recogniser.taken == expected
