import pytest

from ivr.audio.level import level_of
from ivr.speech.endpointing import Endpointer, SpeechStarted
from ivr.speech.loudness import LoudnessGate
from ivr.speech.vad import WebrtcVad
from tests.callers import voice_of
from tests.sound import buzz, click, frames, mixed, noise


def starts(pcm_frames: list, *, prompt_playing: bool = False) -> list[int]:
    """The numbers of the frames at which speech begins, through detector and gate."""
    detector, gate, endpointer = WebrtcVad(), LoudnessGate(), Endpointer()
    found = []
    for k, frame in enumerate(pcm_frames, start=1):
        voiced = gate.voiced(
            level_of(frame),
            detector.is_speech(frame),
            prompt_playing=prompt_playing,
            in_turn=endpointer.in_turn,
        )
        if isinstance(endpointer.hear(voiced, k * 0.02), SpeechStarted):
            found.append(k)
    return found


@pytest.mark.parametrize("db", [-45, -35, -25, -15])
def test_speech_begins_within_120_ms(db: float) -> None:
    (frame,) = starts(frames(noise(1.0, -65), buzz(0.6, db)))
    assert frame - 50 <= 6


@pytest.mark.parametrize("db", [-30, -25, -15])
def test_a_normal_voice_interrupts_a_prompt_within_120_ms_even_over_its_echo(db: float) -> None:
    echo = mixed(noise(2.0, -65), buzz(2.0, -42, pitch=90))
    (frame,) = starts(
        frames(echo, mixed(buzz(2.0, -42, pitch=90), buzz(0.6, db))), prompt_playing=True
    )
    assert frame - 100 <= 6


@pytest.mark.parametrize("db", [-60, -50, -45, -41])
def test_echo_of_the_prompt_is_not_the_caller(db: float) -> None:
    assert not starts(frames(noise(0.5, -65), buzz(4.0, db)), prompt_playing=True)


def test_echo_that_grows_louder_is_learnt() -> None:
    rising = b"".join(buzz(0.5, db) for db in (-48, -45, -42, -40, -37, -34))
    assert starts(frames(noise(0.5, -65), rising), prompt_playing=False)
    assert not starts(frames(noise(0.5, -65), rising), prompt_playing=True)


def test_clicks_are_no_speech() -> None:
    crackle = [frame for _ in range(10) for frame in [click(), *frames(noise(0.3, -65))]]
    assert not starts(frames(noise(0.5, -65)) + crackle)


@pytest.mark.parametrize("db", [-70, -55, -45, -40, -36])
def test_steady_noise_is_no_speech(db: float) -> None:
    assert not starts(frames(noise(10.0, db)))


def test_the_threshold_stays_within_its_bounds() -> None:
    gate = LoudnessGate()
    for _ in range(2000):
        gate.voiced(-5.0, False, prompt_playing=False, in_turn=False)
    assert gate.threshold(echo_likely=False) == -22.0
    for _ in range(2000):
        gate.voiced(-96.0, False, prompt_playing=False, in_turn=False)
    assert gate.threshold(echo_likely=False) == -50.0
    for _ in range(2000):
        gate.voiced(-33.0, True, prompt_playing=True, in_turn=False)
    assert gate.threshold(echo_likely=True) <= -32.0


def test_echo_fades_from_memory() -> None:
    gate = LoudnessGate()
    for level in (-42.0, -38.0, -34.0):
        gate.voiced(level, True, prompt_playing=True, in_turn=False)
    loud = gate.threshold(echo_likely=True)
    for _ in range(50 * 60):
        gate.voiced(-96.0, False, prompt_playing=True, in_turn=False)
    assert loud == pytest.approx(-32.0)
    assert gate.threshold(echo_likely=True) == -40.0


def test_the_tail_of_the_echo_is_not_the_caller() -> None:
    detector, gate, endpointer = WebrtcVad(), LoudnessGate(), Endpointer()
    began = []
    for k, frame in enumerate(frames(buzz(2.25, -44), noise(0.2, -65), buzz(0.5, -44)), start=1):
        voiced = gate.voiced(
            level_of(frame), detector.is_speech(frame), prompt_playing=k <= 100, in_turn=False
        )
        if isinstance(endpointer.hear(voiced, k * 0.02), SpeechStarted):
            began.append(k)
    assert began  # a quiet caller is heard once the echo is over
    assert began[0] > 122


def test_reverberation_of_a_loud_turn_is_not_speech_but_a_quieter_word_is() -> None:
    gate = LoudnessGate()

    def voiced(level: float) -> bool:
        return gate.voiced(level, True, prompt_playing=False, in_turn=True)

    assert all(voiced(-12.0) for _ in range(20))
    assert not voiced(-47.0)
    assert voiced(-36.0)


def test_a_click_within_a_turn_does_not_deafen() -> None:
    gate = LoudnessGate()

    def voiced(level: float) -> bool:
        return gate.voiced(level, True, prompt_playing=False, in_turn=True)

    assert all(voiced(-33.0) for _ in range(20))
    assert voiced(-2.0)
    assert all(voiced(-45.0) for _ in range(20))


@pytest.mark.parametrize("hiss", [-42.0, -34.0])
async def test_a_noise_that_the_detector_takes_for_a_voice_becomes_background(hiss: float) -> None:
    """After 3 s it holds no turn open, and a voice above it is still heard whole."""
    said = await voice_of("我想查一下我的余额")
    lead = noise(5.0, hiss)
    sound = [*frames(lead), *frames(mixed(said, noise(20, hiss, seed=2))), *frames(lead)]
    gate = LoudnessGate()
    found: list[bool] = []
    for frame in sound:
        voiced = gate.voiced(
            level_of(frame), True, prompt_playing=False, in_turn=found[-1:] == [True]
        )
        found.append(voiced)
    first, last = 5 * 50, len(sound) - 5 * 50
    assert not any(found[200:first]) and not any(found[last + 10 :])
    assert sum(found[first:last]) > 0.5 * (last - first)
