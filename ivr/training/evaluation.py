"""How well a model hears: synthesised voices that training never used, and human recordings.

Every clip passes a telephone (300-3400 Hz, white noise at 30 dB, mu-law) and is decoded as a call
decodes it: 20 ms frames, the product's grammar with `[unk]`, and right means exactly the phrase.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ivr.audio.frames import FRAME_BYTES
from ivr.speech.vosk_model import VoskModel
from ivr.training.augmentation import telephone
from ivr.training.clips import at_8_khz
from ivr.training.lexicon import toned_syllables
from ivr.training.recordings import (
    DIGIT_WORDS,
    DIGITS,
    SYLLABLES,
    WORDS,
    Recording,
    held_out_words,
    recordings,
)
from ivr.training.speaking import SpeakingProcess
from ivr.training.synthetic_clips import (
    AMERICAN_VOICE,
    HELD_OUT_ACCENT,
    HELD_OUT_VARIANTS,
    MANDARIN_VOICE,
    random_style,
)
from ivr.training.vocabulary_lists import Vocabulary, vocabulary

MENU = 15
"""Phrases in a menu."""
SEED = 20240
Random = np.random.Generator
Report = Callable[[str], None]


@dataclass(slots=True)
class Score:
    """One row of the table: how many of `trials` came out right.

    In a row about strangers, right means that nothing of the grammar was taken for heard.
    """

    test: str
    speaker: str
    trials: int = 0
    right: int = 0
    mistaken: int = 0
    """Heard as another phrase of the grammar; the rest was refused."""

    @property
    def share(self) -> float:
        return self.right / self.trials if self.trials else 0.0


@dataclass(slots=True)
class Tally:
    """Collects the rows in the order in which they began."""

    rows: dict[tuple[str, str], Score] = field(default_factory=dict)

    def add(self, test: str, speaker: str, heard: str, wanted: str, grammar: Sequence[str]) -> None:
        """Count one decision; `wanted` is "" for a stranger."""
        row = self.rows.setdefault((test, speaker), Score(test, speaker))
        row.trials += 1
        taken = heard in {_joined(phrase) for phrase in grammar}
        if wanted:
            row.right += heard == _joined(wanted)
            row.mistaken += taken and heard != _joined(wanted)
        else:
            row.right += not taken
            row.mistaken += taken


class Listener:
    """Hears single utterances with a model, through the evaluation's telephone."""

    def __init__(self, folder: Path, seed: int = SEED) -> None:
        self._model = VoskModel(folder)
        self._random = np.random.default_rng(seed)

    def hear(self, samples: NDArray[np.int16], language: str, grammar: Sequence[str]) -> str:
        """What was heard, without blanks; `[unk]` alone, or nothing, is a refusal.

        Raises:
            ModelError: if the model cannot be used.
        """
        clip = telephone(samples.astype(np.float32), self._random)
        pcm = clip.astype("<i2").tobytes()
        decoder = self._model.decoder(language, tuple(grammar))
        for start in range(0, len(pcm), 4 * FRAME_BYTES):
            decoder.accept(pcm[start : start + 4 * FRAME_BYTES])
        return "".join(word.text for word in decoder.finish())


def _joined(phrase: str) -> str:
    return "".join(phrase.split())


def evaluate(
    folder: Path,
    speech: Path | None,
    limit: int = 500,
    report: Report = lambda _: None,
    seed: int = SEED,
    held_out: bool = False,
) -> list[Score]:
    """Every test that can be made; `limit` bounds the clips of each speaker in each test.

    `held_out` leaves only the Mandarin words that `build` first trains without.

    Raises:
        ModelError: if the model or a recording cannot be used.
    """
    listener = Listener(folder, seed)
    tally = Tally()
    report("synthesised voices")
    synthesised(listener, tally, min(limit, 200), np.random.default_rng(seed))
    if speech is not None:
        found = list(recordings(speech))
        if held_out:
            words = held_out_words(r.text for r in found if r.group == WORDS)
            found = [r for r in found if r.group != WORDS or r.text in words]
        for group, test in ((DIGITS, _digits), (WORDS, _menus), (SYLLABLES, _syllables)):
            chosen = [recording for recording in found if recording.group == group]
            if chosen:
                report(group)
                test(listener, tally, chosen, limit, np.random.default_rng(seed))
        _foreign_to_digits(listener, tally, found, limit, np.random.default_rng(seed))
    return list(tally.rows.values())


def synthesised(listener: Listener, tally: Tally, count: int, random: Random) -> None:
    """Menus of the hotline's own words and digits in held-out voices of eSpeak NG."""
    words = vocabulary()
    with SpeakingProcess() as speaker:
        for test, language, grammar, text in _synthetic_tests(words, count, random):
            voice = MANDARIN_VOICE if language == "zh" else _english_voice(random)
            style = random_style(voice, random, HELD_OUT_VARIANTS)
            written = " ".join(toned_syllables(text)) if language == "zh" else text
            spoken = speaker.speak(written, style)
            if spoken is None or not len(spoken.samples):
                continue
            samples = at_8_khz(spoken.samples, spoken.rate)
            tally.add(test, "held-out", listener.hear(samples, language, grammar), text, grammar)
            others = [phrase for phrase in grammar if phrase != text]
            if len(others) >= MENU:
                heard = listener.hear(samples, language, others[:MENU])
                tally.add(f"{test}, strangers refused", "held-out", heard, "", others[:MENU])


def _english_voice(random: Random) -> str:
    return str(random.choice([AMERICAN_VOICE, HELD_OUT_ACCENT]))


def _synthetic_tests(
    words: Vocabulary, count: int, random: Random
) -> Iterator[tuple[str, str, list[str], str]]:
    mandarin = [word for word in words.hotline_zh if len(word) > 1]
    english = [word for word in words.hotline_en if len(word) > 4]
    for language, name, lists in (("zh", "Mandarin", mandarin), ("en", "English", english)):
        for _ in range(count):
            menu = [str(word) for word in random.choice(lists, MENU + 1, replace=False)]
            yield f"synthesised {name}, {MENU}-phrase menu", language, menu, menu[0]
    for _ in range(count):
        yield "synthesised English digits", "en", list(DIGIT_WORDS), str(random.choice(DIGIT_WORDS))


def _digits(
    listener: Listener, tally: Tally, found: Sequence[Recording], limit: int, random: Random
) -> None:
    """Human digits one by one, with a grammar of the ten."""
    for recording in _some_of_each(found, limit, random):
        heard = listener.hear(recording.samples(), "en", DIGIT_WORDS)
        tally.add(
            "human English digits, digit grammar", recording.speaker, heard, recording.text,
            DIGIT_WORDS,
        )  # fmt: skip


def _menus(
    listener: Listener, tally: Tally, found: Sequence[Recording], limit: int, random: Random
) -> None:
    """Human Mandarin words in menus of fifteen, and in fifteen others, which must refuse them."""
    texts = [recording.text for recording in found]
    for recording in _some_of_each(found, limit, random):
        menu, strangers = _menu(recording.text, texts, random)
        samples = recording.samples()
        speaker = recording.speaker
        heard = listener.hear(samples, "zh", menu)
        name = f"human Mandarin words, {MENU}-word menu"
        tally.add(name, speaker, heard, recording.text, menu)
        heard = listener.hear(samples, "zh", strangers)
        tally.add(f"{name}, strangers refused", speaker, heard, "", strangers)


def _menu(text: str, texts: Sequence[str], random: Random) -> tuple[list[str], list[str]]:
    """A menu with `text` in it, and one as long without it."""
    drawn = [str(word) for word in random.choice(texts, min(len(texts), 2 * MENU), replace=False)]
    others = [word for word in dict.fromkeys(drawn) if word != text]
    return [*others[: MENU - 1], text], others[:MENU]


def _syllables(
    listener: Listener, tally: Tally, found: Sequence[Recording], limit: int, random: Random
) -> None:
    """Human single syllables among fifteen; each is written as its commonest hanzi."""
    hanzi = hanzi_of_syllables()
    known = [r for r in found if r.text.rstrip("12345") in hanzi]
    syllables = sorted({recording.text.rstrip("12345") for recording in known})
    if len(syllables) < MENU:
        return
    for recording in _some_of_each(known, limit, random):
        own = recording.text.rstrip("12345")
        menu, _ = _menu(own, syllables, random)
        grammar = [hanzi[syllable] for syllable in menu]
        heard = listener.hear(recording.samples(), "zh", grammar)
        name = f"human Mandarin syllables, {MENU}-syllable menu"
        tally.add(name, recording.speaker, heard, hanzi[own], grammar)


def hanzi_of_syllables() -> dict[str, str]:
    """The commonest hanzi of each toneless syllable."""
    table: dict[str, str] = {}
    for character in vocabulary().hanzi[:3500]:
        for toned in toned_syllables(character):
            table.setdefault(toned[:-1], character)
    return table


def _foreign_to_digits(
    listener: Listener, tally: Tally, found: Sequence[Recording], limit: int, random: Random
) -> None:
    """Mandarin words, which a digit grammar must refuse."""
    words = [recording for recording in found if recording.group == WORDS]
    for recording in _some_of_each(words, limit, random):
        heard = listener.hear(recording.samples(), "en", DIGIT_WORDS)
        name = "Mandarin words refused by the English digit grammar"
        tally.add(name, recording.speaker, heard, "", DIGIT_WORDS)


def _some_of_each(found: Iterable[Recording], limit: int, random: Random) -> Iterator[Recording]:
    """At most `limit` recordings of each speaker, drawn by chance."""
    by_speaker: dict[str, list[Recording]] = {}
    for recording in found:
        by_speaker.setdefault(recording.speaker, []).append(recording)
    for speaker in sorted(by_speaker):
        own = by_speaker[speaker]
        for index in random.permutation(len(own))[:limit]:
            yield own[int(index)]
