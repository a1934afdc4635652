"""Clips spoken by eSpeak NG in many voices, with the times of their phones."""

from collections.abc import Iterator, Sequence

import numpy as np

from ivr.training.clips import Clip, Span, at_8_khz
from ivr.training.digit_phones import with_digits
from ivr.training.english_sounds import phones_of
from ivr.training.espeak import Spoken, Style
from ivr.training.lexicon import Lexicon, combined, toned_syllables
from ivr.training.phones import SILENCE, split_syllable
from ivr.training.sentences import Random, Writer, english_writer, mandarin_writer
from ivr.training.speaking import SpeakingProcess
from ivr.training.vocabulary_lists import Vocabulary

MANDARIN_VOICE = "cmn-latn-pinyin"
AMERICAN_VOICE = "en-us"
ACCENTS = (
    "gmw/en", "gmw/en-GB-x-rp", "gmw/en-029", "gmw/en-GB-scotland", "gmw/en-GB-x-gbclan",
    "gmw/en-GB-x-gbcwmd", "gmw/en-US-nyc",
)  # fmt: skip
VARIANTS = (
    "", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5", "klatt",
    "klatt2", "klatt3", "klatt4", "Alex", "Andrea", "Annie", "Gene", "Henrique", "Hugo", "Jacky",
    "Lee", "Michael", "Mike", "Reed", "Storm", "adam", "anika", "antonio", "belinda", "benjamin",
    "boris", "caleb", "david", "ed", "edward", "gustave", "ian", "iven", "john", "kaukovalta",
    "linda", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy",
    "rob", "robert", "sandro", "shelby", "steph", "travis", "victor", "zac",
)  # fmt: skip
HELD_OUT_VARIANTS = ("m3", "f4", "Mario", "aunty", "klatt6", "Denis")
"""Voices of the evaluation; training never uses them."""
HELD_OUT_ACCENT = "gmw/en-GB-scotland"

_ODD_IN_PINYIN_VOICE = frozenset({"jiong", "qiong", "xiong"})  # read as English


def mandarin_clips(
    count: int, words: Vocabulary, speaker: SpeakingProcess, random: Random
) -> Iterator[Clip]:
    """Mandarin utterances; every syllable of every list turns up."""
    writer = mandarin_writer(words)
    for _ in range(count):
        said = writer.write(random)
        toned = [s for word in said for s in toned_syllables(word)]
        if "一" in said and random.random() < 0.1:
            toned = ["yao1" if s == "yi1" else s for s in toned]
        if any(s[:-1] in _ODD_IN_PINYIN_VOICE for s in toned) or not toned:
            continue
        style = random_style(MANDARIN_VOICE, random)
        spoken = speaker.speak(" ".join(toned), style)
        clip = spoken and _mandarin_clip(spoken, "".join(said), toned, style)
        if clip:
            yield clip


def english_clips(
    count: int, words: Vocabulary, lexicon: Lexicon, speaker: SpeakingProcess, random: Random
) -> Iterator[Clip]:
    """English utterances, half of them American, with phone times there and none elsewhere."""
    writer: Writer = english_writer(words)
    accents = [accent for accent in ACCENTS if accent != HELD_OUT_ACCENT]
    for _ in range(count):
        said = [word for word in writer.write(random) if word in lexicon]
        american = random.random() < 0.5
        voice = AMERICAN_VOICE if american else str(random.choice(accents))
        style = random_style(voice, random)
        spoken = speaker.speak(" ".join(map(_written, said)), style) if said else None
        clip = spoken and _english_clip(spoken, said, lexicon, style, timed=american)
        if clip:
            yield clip


def random_style(voice: str, random: Random, variants: Sequence[str] = VARIANTS) -> Style:
    """A voice with a variant, a speed and a pitch."""
    variant = str(random.choice(variants))
    return Style(
        voice=f"{voice}+{variant}" if variant else voice,
        speed=int(random.integers(110, 235)),
        pitch=int(random.integers(15, 85)),
        pitch_range=int(random.integers(20, 80)),
    )


def _written(word: str) -> str:
    return word.upper() if len(word) == 1 and word != "a" else word


def _mandarin_clip(spoken: Spoken, text: str, toned: Sequence[str], style: Style) -> Clip | None:
    """Phone times from the starts of syllables and of what follows their first consonant."""
    if len(spoken.words) != len(toned):
        return None
    end = len(spoken.samples) / spoken.rate
    starts = [*spoken.words, end]
    spans: list[Span] = [(SILENCE, 0.0)] if starts[0] > 0 else []
    phones: list[str] = []
    for syllable, start, stop in zip(toned, starts, starts[1:], strict=False):
        parts = split_syllable(syllable[:-1])
        inside = [t for name, t in spoken.phonemes if start < t < stop and name[0] not in "_("]
        final = start
        if len(parts) == 3:
            if not inside:
                return None
            spans.append((parts[0], start))
            final = inside[0]
        spans += [(parts[-2], final), (parts[-1], (final + stop) / 2)]
        phones += parts
    return Clip(
        at_8_khz(spoken.samples, spoken.rate), text, (tuple(phones),), "espeak-zh", style.voice,
        _with_pauses(spoken, spans),
    )  # fmt: skip


def _english_clip(
    spoken: Spoken, said: Sequence[str], lexicon: Lexicon, style: Style, timed: bool
) -> Clip | None:
    samples = at_8_khz(spoken.samples, spoken.rate)
    text = " ".join(said)
    if not timed:
        ways = tuple(combined(said, lexicon))
        return Clip(samples, text, ways, "espeak-en", style.voice)
    spans: list[Span] = []
    end = len(spoken.samples) / spoken.rate
    times = [*(t for _, t in spoken.phonemes), end]
    for (name, start), stop in zip(spoken.phonemes, times[1:], strict=True):
        try:
            phones = (SILENCE,) if name.startswith("_") and name != "_|" else phones_of(name)
        except KeyError:
            return None
        step = (stop - start) / max(1, len(phones))
        spans += [(phone, start + index * step) for index, phone in enumerate(phones)]
    try:
        named = with_digits(said, spans)
    except ValueError:
        return None
    phones_said = tuple(phone for phone, _ in named if phone != SILENCE)
    return Clip(samples, text, (phones_said,), "espeak-en", style.voice, named)


def _with_pauses(spoken: Spoken, spans: list[Span]) -> tuple[Span, ...]:
    """Mark the silence at the end, and any that eSpeak NG put between words."""
    pauses = [(SILENCE, t) for name, t in spoken.phonemes if name in ("_:", "_")]
    return tuple(sorted([*spans, *pauses], key=lambda span: span[1]))


def quiet(samples: "np.typing.NDArray[np.int16]") -> bool:
    """True of a clip in which nothing can be heard."""
    return len(samples) < 400 or int(np.abs(samples).max()) < 100
