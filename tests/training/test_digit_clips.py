from pathlib import Path

import numpy as np

from ivr.training.digit_clips import GROUP, RESPELLED, digit_clips
from ivr.training.digit_phones import DIGITS, as_digit
from ivr.training.flite import Flite
from ivr.training.speaking import SpeakingProcess


def test_every_voice_has_a_spelling_of_every_digit() -> None:
    for spelled in RESPELLED.values():
        assert len(spelled.split()) == len(DIGITS)
        assert all(all(way.split("|")) for way in spelled.split())


def test_foreign_and_english_voices_speak_single_digits(tmp_path: Path) -> None:
    sounds = {"zero": "Z IH R OW1 OW2", "seven": "S EH V AX N", "nine": "N AY1 AY2 N"}
    ways = {word: (as_digit(word, text.split()),) for word, text in sounds.items()}
    lexicon = {word: ways.get(word, ((f"en:{word}.1", f"en:{word}.2"),)) for word in DIGITS}
    nowhere = Flite(tmp_path)  # not there: its part is left out
    with SpeakingProcess() as speaker:
        clips = list(digit_clips(50, lexicon, speaker, nowhere, np.random.default_rng(1)))
        assert speaker.failures == 0
    foreign = {clip.speaker.partition("+")[0] for clip in clips if clip.group == GROUP}
    assert foreign == set(RESPELLED)
    assert {clip.group for clip in clips} == {GROUP, "espeak-en"}
    assert len(clips) == 40
    for clip in clips:
        assert 0.1 < clip.seconds < 3
        assert clip.pronunciations == lexicon[clip.text]
        assert not clip.spans
