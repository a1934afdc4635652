import asyncio
import os
import signal
import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.audio.frames import SAMPLE_RATE, seconds_of
from ivr.errors import VoiceError
from ivr.speech import espeak_voice
from ivr.speech.conditioning import ACTIVE_LEVEL_DB, PEAK, active_level_db, telephone_pcm
from ivr.speech.espeak_voice import EspeakVoice

GREETING = "您好，欢迎致电东方银行。查余额请说查余额，挂失请按三。"


def samples(pcm: bytes) -> np.ndarray:
    return np.frombuffer(pcm, "<i2").astype(np.float64) / 32768


async def said_first(text: str) -> bytes:
    """What a fresh process says: later requests differ by the voice's deliberate jitter."""
    async with EspeakVoice() as voice:
        return await voice.speak(text, "zh")


async def gone(pid: int) -> None:
    for _ in range(1000):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the process lives on")


@pytest.mark.parametrize(
    ("text", "language", "shortest", "longest"),
    [
        (GREETING, "zh", 5.5, 8.0),
        ("Welcome to Eastern Bank. To check your balance, say balance.", "en", 3.5, 6.0),
    ],
)
async def test_speaks_calmly_at_telephone_level(
    text: str, language: str, shortest: float, longest: float
) -> None:
    async with EspeakVoice() as voice:
        pcm = await voice.speak(text, language)
    speech = samples(pcm)
    assert shortest < seconds_of(pcm) < longest
    assert abs(active_level_db(speech) - ACTIVE_LEVEL_DB) < 1.5
    assert np.abs(speech).max() <= PEAK + 0.001
    # Soft edges: the first and last milliseconds are nearly silent.
    assert np.abs(speech[:20]).max() < 0.01
    assert np.abs(speech[-20:]).max() < 0.01


async def test_digits_are_read_one_by_one() -> None:
    assert await said_first("尾号6217") == await said_first("尾号六二幺七")
    assert await said_first("按1键") == await said_first("按一键")
    assert await said_first("尾号6217") != await said_first("尾号6216")


async def test_same_text_same_sound_in_another_process() -> None:
    async with EspeakVoice() as one, EspeakVoice() as other:
        first, second = await asyncio.gather(one.speak(GREETING, "zh"), other.speak(GREETING, "zh"))
    assert first == second


@pytest.mark.parametrize("text", ["", "   ", "……", "\0\x01\x02", "\ud800", "🙂"])
async def test_nothing_to_say_gives_nothing(text: str) -> None:
    async with EspeakVoice() as voice:
        assert await voice.speak(text, "zh") == b""
        assert voice.worker_pid is None


async def test_a_killed_worker_is_replaced() -> None:
    async with EspeakVoice() as voice:
        before = await voice.speak(GREETING, "zh")
        pid = voice.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await gone(pid)
        try:
            after = await voice.speak(GREETING, "zh")
        except VoiceError:  # the death had not reached us yet: the next one must work
            after = await voice.speak(GREETING, "zh")
        assert voice.worker_pid != pid
    assert after == before


async def test_a_worker_killed_in_the_middle_of_a_request() -> None:
    async with EspeakVoice() as voice:
        await voice.speak("好", "zh")
        pid = voice.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)  # the request is in its pipe, and it will never answer
        async with asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(_error_of(voice, GREETING))
            for _ in range(20):  # turns of the loop: enough to send the request
                await asyncio.sleep(0)
            assert not asked.done()
            os.kill(pid, signal.SIGKILL)
        assert isinstance(asked.result(), VoiceError)
        assert await voice.speak(GREETING, "zh")


async def test_a_hanging_worker_is_given_up_and_ended() -> None:
    async with EspeakVoice(request_seconds=0.5) as voice:
        await voice.speak("好", "zh")
        pid = voice.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(VoiceError, match="crashed or hung"):
            await voice.speak(GREETING, "zh")
        assert time.monotonic() - began < 10
        await gone(pid)
        assert await voice.speak(GREETING, "zh")


async def test_a_cancelled_request_does_not_spoil_the_next() -> None:
    async with EspeakVoice() as voice:
        right = await voice.speak("按一键", "zh")
        pid = voice.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await voice.speak(GREETING, "zh")
        assert await voice.speak("按一键", "zh") == right
        await gone(pid)


async def test_crashes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espeak_voice, "MAX_RESTARTS", 3)
    async with EspeakVoice() as voice:
        for _ in range(3):
            await voice.speak("好", "zh")
            pid = voice.worker_pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            await gone(pid)
            await voice.close()
        with pytest.raises(VoiceError, match="crashed 3 times"):
            await voice.speak("好", "zh")
        assert voice.worker_pid is None


async def test_leaving_ends_the_process() -> None:
    async with EspeakVoice() as voice:
        await voice.speak("好", "zh")
        pid = voice.worker_pid
    assert pid is not None
    await gone(pid)


async def test_many_callers_at_once() -> None:
    async with EspeakVoice() as voice:
        texts = [f"余额为{amount}元" for amount in range(30)]
        together = await asyncio.gather(*(voice.speak(text, "zh") for text in texts))
        assert len(set(together)) == 30
        for amount in (7, 21):
            again = await voice.speak(texts[amount], "zh")
            assert abs(seconds_of(together[amount]) - seconds_of(again)) < 0.03


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=3))
def test_hostile_text_never_kills_the_server(texts: list[str]) -> None:
    asyncio.run(_speak_all(texts))


async def _speak_all(texts: list[str]) -> None:
    async with EspeakVoice() as voice:
        for text in texts:
            for language in ("zh", "en"):
                try:
                    pcm = await voice.speak(text, language)
                except VoiceError:
                    continue
                assert len(pcm) % 2 == 0
        assert await voice.speak("好", "zh")


async def _error_of(voice: EspeakVoice, text: str) -> VoiceError | None:
    try:
        await voice.speak(text, "zh")
    except VoiceError as error:
        return error
    return None


# -- conditioning ----------------------------------------------------------------------------


def test_the_band_is_the_telephones() -> None:
    rate = 22_050
    at = np.arange(rate) / rate

    def level(hertz: float) -> float:
        # A strong tone in the middle of the band fixes the level; the other one is measured.
        sound = 0.4 * np.sin(2 * np.pi * 1000 * at) + 0.04 * np.sin(2 * np.pi * hertz * at)
        speech = samples(telephone_pcm(sound, rate))[1000:-1000]
        window = np.hanning(speech.size)
        spectrum = np.abs(np.fft.rfft(speech * window))
        frequencies = np.fft.rfftfreq(speech.size, 1 / SAMPLE_RATE)

        def peak(centre: float) -> float:
            return float(spectrum[np.abs(frequencies - centre) < 20].max(initial=1e-12))

        return 20 * np.log10(peak(hertz) / peak(1000)) + 20

    assert level(60) < -25
    assert level(3900) < -20
    assert level(5000) < -40  # would alias to 3000 Hz
    assert abs(level(500)) < 1
    assert 1 < level(2600) < 5


@pytest.mark.parametrize("gain", [0.1, 0.5, 3.0])
def test_every_input_level_comes_out_the_same(gain: float) -> None:
    noise = np.random.default_rng(5).normal(0, 0.1, 8000) * gain
    speech = samples(telephone_pcm(np.clip(noise, -1, 1), 8000))
    assert abs(active_level_db(speech) - ACTIVE_LEVEL_DB) < 1.5
    assert np.abs(speech).max() <= PEAK + 0.001


def test_silence_gives_no_sound() -> None:
    assert telephone_pcm(np.zeros(4000), 22_050) == b""
    assert telephone_pcm(np.zeros(0), 22_050) == b""
