"""Voices are drawn as text, one letter a frame: "#" holds a voice, "." does not."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.dialogue.actions import Endpointing
from ivr.dialogue.grammar import Completion
from ivr.speech.endpointing import (
    ONSET_FRAMES,
    ONSET_WINDOW,
    Endpointer,
    SpeechEnded,
    SpeechStarted,
)

Edge = SpeechStarted | SpeechEnded
VOICES = st.text("#.", max_size=300)


def run(
    endpointer: Endpointer, voices: str, completion: Completion = Completion.INCOMPLETE
) -> Iterator[tuple[int, Edge]]:
    """Frames each 20 ms; the edges with the number of the frame that made them, from 1."""
    for k, voice in enumerate(voices, start=1):
        edge = endpointer.hear(voice == "#", k * 0.02, completion)
        if edge:
            yield k, edge


def started_at(voices: str) -> int | None:
    edges = list(run(Endpointer(), voices))
    return edges[0][0] if edges else None


@pytest.mark.parametrize(
    ("voices", "frame"),
    [
        ("....####", 8),
        ("....##.##", 9),
        ("....#.##.#", 10),
        ("..#..#..#..#..#", None),
        ("###", None),
    ],
)
def test_when_speech_has_begun(voices: str, frame: int | None) -> None:
    assert started_at(voices) == frame


@given(st.integers(0, 50), st.integers(0, ONSET_WINDOW - 1))
def test_120_ms_with_two_misses_suffice(lead: int, miss: int) -> None:
    speech = ["#"] * ONSET_WINDOW
    speech[miss] = "."
    at = started_at("." * lead + "".join(speech))
    assert at is not None
    assert at - lead <= ONSET_WINDOW


@given(st.lists(st.integers(1, ONSET_FRAMES - 1), max_size=20))
def test_clicks_never_begin_a_turn(clicks: list[int]) -> None:
    voices = "".join("#" * click + "." * ONSET_WINDOW for click in clicks)
    assert started_at(voices) is None


@pytest.mark.parametrize(
    ("completion", "milliseconds"),
    [
        (Completion.COMPLETE, 300),
        (Completion.EXTENDABLE, 600),
        (Completion.INCOMPLETE, 1000),
    ],
)
def test_silence_that_ends_depends_on_what_was_said(
    completion: Completion, milliseconds: int
) -> None:
    (_, _), (frame, ended) = run(Endpointer(), "#" * 20 + "." * 60, completion)
    assert frame == 20 + milliseconds // 20
    assert ended == SpeechEnded(pytest.approx(0.4))


def test_a_completed_phrase_ends_at_once_when_silence_suffices_already() -> None:
    endpointer = Endpointer()
    assert len(list(run(endpointer, "#" * 10 + "." * 30))) == 1
    assert isinstance(endpointer.hear(False, 41 * 0.02, Completion.COMPLETE), SpeechEnded)


def test_a_click_in_the_silence_does_not_prolong_the_turn() -> None:
    (_, _), (frame, ended) = run(
        Endpointer(), "#" * 10 + "." * 20 + "##" + "." * 60, Completion.EXTENDABLE
    )
    assert frame == 10 + 30
    assert ended == SpeechEnded(pytest.approx(0.2))


def test_a_pause_within_speech_does_not_end_it() -> None:
    (_, _), (frame, ended) = run(
        Endpointer(), "#" * 10 + "." * 25 + "#" * 10 + "." * 60, Completion.EXTENDABLE
    )
    assert frame == 45 + 30
    assert ended == SpeechEnded(pytest.approx(0.9))


def test_a_long_turn_is_cut() -> None:
    (_, _), (frame, ended) = list(run(Endpointer(Endpointing(max_seconds=2.0)), "#" * 110))[:2]
    assert frame == 101
    assert isinstance(ended, SpeechEnded)
    assert ended.cut
    assert ended.seconds == pytest.approx(2.0, abs=0.05)


def test_a_turn_keeps_the_settings_it_began_with() -> None:
    endpointer = Endpointer(Endpointing(incomplete_ms=400))
    list(run(endpointer, "#" * 10))
    endpointer.settings = Endpointing(incomplete_ms=2000)
    edges = [endpointer.hear(False, (10 + k) * 0.02) for k in range(1, 21)]
    assert isinstance(edges[-1], SpeechEnded)
    assert edges[:-1] == [None] * 19


def test_reset_forgets_the_turn() -> None:
    endpointer = Endpointer()
    list(run(endpointer, "#" * 10))
    assert endpointer.in_turn
    endpointer.reset()
    assert not endpointer.in_turn
    assert endpointer.quiet(50.0) is None


def test_frames_missing_at_a_key_count_as_silence() -> None:
    endpointer = Endpointer()
    list(run(endpointer, "#" * 10 + "." * 5))
    edges = [endpointer.hear(False, 0.3 + 0.2 + k * 0.02) for k in range(1, 60)]
    frame = next(k for k, edge in enumerate(edges, start=1) if edge)
    assert 5 + 10 + frame == 50  # 1000 ms by the clock, of which 200 ms had no frames


def test_a_stall_of_this_process_is_no_silence() -> None:
    endpointer = Endpointer()
    list(run(endpointer, "#" * 10))
    burst = [endpointer.hear(voice == "#", 2.2) for voice in "." * 20 + "#" * 80]
    assert burst == [None] * 100


def test_silence_without_frames_ends_a_turn() -> None:
    endpointer = Endpointer()
    list(run(endpointer, "#" * 10))
    edges = [endpointer.quiet(0.2 + k * 0.1) for k in range(1, 11)]
    assert edges == [None] * 9 + [SpeechEnded(pytest.approx(0.2))]


def test_one_late_look_is_not_taken_for_a_long_silence() -> None:
    endpointer = Endpointer()
    list(run(endpointer, "#" * 10))
    assert endpointer.quiet(5.0) is None
    assert endpointer.in_turn


def test_speech_after_a_long_pause_without_frames_is_timed_from_itself() -> None:
    endpointer = Endpointer(Endpointing(max_seconds=3.0))
    list(run(endpointer, "." * 10))
    edges = []
    for k in range(90):
        edges.append(endpointer.hear(k < 40, 60.0 + k * 0.02))
    ended = [edge for edge in edges if isinstance(edge, SpeechEnded)]
    assert ended == [SpeechEnded(pytest.approx(0.8))]


@given(VOICES, st.sampled_from(Completion), st.integers(0, 3))
def test_starts_and_ends_alternate(voices: str, completion: Completion, pieces: int) -> None:
    edges = [type(edge) for _, edge in run(Endpointer(), voices * pieces, completion)]
    assert edges[0::2] == [SpeechStarted] * len(edges[0::2])
    assert edges[1::2] == [SpeechEnded] * len(edges[1::2])


@given(VOICES, st.sampled_from(Completion))
def test_no_turn_ends_before_its_silence(voices: str, completion: Completion) -> None:
    settings = Endpointing(complete_ms=200, extendable_ms=400, incomplete_ms=600)
    silence = {Completion.COMPLETE: 10, Completion.EXTENDABLE: 20, Completion.INCOMPLETE: 30}
    for frame, edge in run(Endpointer(settings), voices, completion):
        if isinstance(edge, SpeechEnded) and not edge.cut:
            tail = voices[frame - silence[completion] : frame]
            assert "###" not in tail


@given(VOICES, st.lists(st.integers(0, 300), max_size=5), st.floats(0.02, 0.8))
def test_stalls_never_end_a_turn_early(voices: str, stalls: list[int], seconds: float) -> None:
    """This process stands still now and then; what came meanwhile is read in one burst."""
    endpointer, now = Endpointer(), 0.0
    for k, voice in enumerate(voices, start=1):
        now = max(now, k * 0.02 + (seconds if k in stalls else 0.0))
        if isinstance(endpointer.hear(voice == "#", now), SpeechEnded):
            assert "###" not in voices[k - 50 : k]
