"""Further guesses: put together from the parts of a turn, and given by the real engine."""

from pathlib import Path

import pytest

from ivr.audio.frames import SILENCE, frames_of
from ivr.dialogue.slot_types import TYPES
from ivr.speech.alternatives import MAX_ALTERNATIVES, joined
from ivr.speech.inline_recogniser import InlineRecogniser
from tests.callers import voice_of

MODEL = Path(__file__).resolve().parents[2] / "models" / "demo-zh-en"


def test_the_best_guesses_of_most_parts_come_first() -> None:
    found = joined([["1", "2"], ["5", "6", "7"]])
    assert found[0] == "1 5" and set(found[1:3]) == {"1 6", "2 5"} and "2 7" in found


def test_no_part_no_guess_and_an_empty_part_takes_nothing_away() -> None:
    assert joined([]) == () and joined([[], ["7"], [""]]) == ("7",)


def test_long_turns_stay_bounded() -> None:
    assert len(joined([[str(n) for n in range(10)]] * 50)) == MAX_ALTERNATIVES


@pytest.mark.model
@pytest.mark.skipif(not MODEL.is_dir(), reason="the demo model is not built")
async def test_vosk_gives_guesses_beside_words_with_their_confidence() -> None:
    frames = [*[SILENCE] * 15, *frames_of(await voice_of("六二二二，零二零七")), *[SILENCE] * 20]
    recogniser = InlineRecogniser({"zh": MODEL})
    words = TYPES["card_number"].words("zh")
    heard = {}
    for asked in (False, True):
        hearing = recogniser.listen("zh", words, alternatives=asked)
        for frame in frames:
            hearing.feed(frame)
        heard[asked] = await hearing.finish()
    assert heard[True].words == heard[False].words and 0 < heard[True].confidence <= 1
    assert heard[False].alternatives == ()
    assert 1 < len(heard[True].alternatives) <= MAX_ALTERNATIVES
    assert len(set(heard[True].alternatives)) == len(heard[True].alternatives)
