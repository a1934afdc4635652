import os
import signal

from ivr.training.espeak import Style
from ivr.training.speaking import SpeakingProcess


def test_speech_comes_with_the_times_of_its_words_and_phonemes() -> None:
    with SpeakingProcess() as speaker:
        spoken = speaker.speak("cha2 yu2 e2", Style("cmn-latn-pinyin"))
    assert spoken is not None
    seconds = len(spoken.samples) / spoken.rate
    assert len(spoken.words) == 3
    assert all(0 <= time <= seconds for _, time in spoken.phonemes)


def test_a_crashed_library_is_started_anew() -> None:
    with SpeakingProcess() as speaker:
        assert speaker.speak("one", Style("en-us")) is not None
        assert speaker._process is not None
        assert speaker._process.pid is not None
        os.kill(speaker._process.pid, signal.SIGSEGV)
        speaker._process.join()
        assert speaker.speak("two", Style("en-us")) is None
        assert speaker.failures == 1
        assert speaker.speak("three", Style("en-us")) is not None


def test_a_voice_that_is_not_there_loses_one_text_only() -> None:
    with SpeakingProcess() as speaker:
        assert speaker.speak("one", Style("no-such-voice")) is None
        assert speaker.speak("one", Style("en-us")) is not None
