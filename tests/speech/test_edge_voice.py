import numpy as np
import pytest
from edge_tts.drm import DRM

from ivr.audio.frames import seconds_of
from ivr.errors import VoiceError
from ivr.speech.conditioning import ACTIVE_LEVEL_DB, active_level_db
from ivr.speech.edge_voice import VOICES, EdgeVoice
from tests.fakes.edge_tts_service import EdgeTtsService, Manner, edge_tts_service


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DRM, "clock_skew_seconds", 0.0)


async def speak(
    monkeypatch: pytest.MonkeyPatch,
    manner: Manner,
    text: str = "您好,请按1",
    language: str = "zh",
    seconds: float = 30.0,
) -> tuple[bytes, EdgeTtsService]:
    async with edge_tts_service(manner) as service:
        monkeypatch.setattr("edge_tts.communicate.WSS_URL", service.url)
        return await EdgeVoice(total_seconds=seconds).speak(text, language), service


async def test_speaks_what_the_service_says(monkeypatch: pytest.MonkeyPatch) -> None:
    pcm, service = await speak(monkeypatch, Manner.GOOD)
    assert 0.9 < seconds_of(pcm) < 1.2
    samples = np.frombuffer(pcm, "<i2") / 32768
    spectrum = np.abs(np.fft.rfft(samples))
    assert abs(np.fft.rfftfreq(samples.size, 1 / 8000)[spectrum.argmax()] - 700) < 5
    assert abs(active_level_db(samples) - ACTIVE_LEVEL_DB) < 1.0
    assert "(zh-CN, XiaoxiaoNeural)" in service.requests[0]
    assert "您好，请按一" in service.requests[0]


async def test_english_has_its_own_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    _, service = await speak(monkeypatch, Manner.GOOD, "Hello & <welcome>", "en-US")
    assert "(en-US, JennyNeural)" in service.requests[0]
    assert "<welcome>" not in service.requests[0]


@pytest.mark.parametrize(
    ("manner", "says"),
    [
        (Manner.FORBIDDEN, "403"),
        (Manner.CUT_OFF, "broke off"),
        (Manner.SILENT, "NoAudioReceived"),
        (Manner.NOT_SOUND, "cannot be decoded"),
        (Manner.NONSENSE_TEXT, "nobody understands"),
        (Manner.NONSENSE_BINARY, "UnexpectedResponse"),
        (Manner.ENDLESS, "more sound"),
    ],
)
async def test_misbehaviour_is_a_voice_error(
    monkeypatch: pytest.MonkeyPatch, manner: Manner, says: str
) -> None:
    with pytest.raises(VoiceError, match=says):
        await speak(monkeypatch, manner)


async def test_a_slow_service_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VoiceError, match=r"did not answer within 0\.3 s"):
        await speak(monkeypatch, Manner.SLOW, seconds=0.3)


async def test_an_absent_service_is_a_voice_error(
    monkeypatch: pytest.MonkeyPatch, unused_tcp_port: int
) -> None:
    monkeypatch.setattr("edge_tts.communicate.WSS_URL", f"ws://127.0.0.1:{unused_tcp_port}/?x=1")
    with pytest.raises(VoiceError, match="failed"):
        await EdgeVoice().speak("您好", "zh")


async def test_nothing_to_say_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    pcm, service = await speak(monkeypatch, Manner.FORBIDDEN, "……")
    assert pcm == b""
    assert service.refusals == 0


def test_another_voice_has_another_name() -> None:
    other = EdgeVoice({"zh": "zh-CN-YunxiNeural", "en": VOICES["en"]})
    assert other.name != EdgeVoice().name
