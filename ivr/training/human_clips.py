"""Human recordings as clips; their phone times are left to alignment."""

from collections.abc import Iterator
from pathlib import Path

from ivr.training.clips import Clip
from ivr.training.lexicon import Lexicon, mandarin
from ivr.training.phones import split_syllable
from ivr.training.recordings import DIGITS, SYLLABLES, Recording, recordings


def human_clips(folder: Path, lexicon: Lexicon) -> Iterator[Clip]:
    """Every recording whose word can be pronounced."""
    for recording in recordings(folder):
        ways = _pronunciations(recording, lexicon)
        if ways:
            yield Clip(
                recording.samples(), recording.text, ways, recording.group, recording.speaker
            )


def _pronunciations(recording: Recording, lexicon: Lexicon) -> tuple[tuple[str, ...], ...]:
    if recording.group == DIGITS:
        return lexicon[recording.text]
    try:
        if recording.group == SYLLABLES:
            return (split_syllable(recording.text.rstrip("12345").replace("ü", "v")),)
        return lexicon.get(recording.text) or mandarin(recording.text)
    except ValueError:
        return ()
