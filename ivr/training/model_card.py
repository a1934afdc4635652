"""Writes the model's card: what it is made of, how well it hears, and what it cannot do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.training.evaluation import Score
from ivr.training.recordings import DIGITS, SYLLABLES, WORDS

_SOURCES = {
    "espeak-zh": ("eSpeak NG 1.52, Mandarin, 60 voice variants", "synthesised for this model"),
    "espeak-en": ("eSpeak NG 1.52, English, 7 accents", "synthesised for this model"),
    "accent": ("eSpeak NG 1.52, English digits by 10 foreign voices", "synthesised for this model"),
    "flite": ("Flite 2.2, voices rms, slt, awb, kal16", "synthesised for this model"),
    DIGITS: ("free-spoken-digit-dataset, English digits", "CC BY-SA 4.0"),
    WORDS: ("hugolpz/audio-cmn (Shtooka), HSK words", "CC BY-SA"),
    SYLLABLES: ("hugolpz/audio-cmn, toned syllables", "CC BY-SA"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the card tells. `hours` counts speech by (group, speaker).

    `unseen` was measured before the network had heard `held_out` and every tenth word, `seen` is
    the shipped model on recordings it has learned from.
    """

    words: int
    weights: int
    hours: Mapping[tuple[str, str], float]
    held_out: Sequence[str]
    unseen: Sequence[Score]
    seen: Sequence[Score]


def write_card(folder: Path, card: Card) -> None:
    """Write README.md of the model folder."""
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and f.suffix != ".md")
    text = _TEXT.format(
        words=card.words,
        weights=card.weights,
        megabytes=size / 1e6,
        sources="\n".join(_source_rows(card.hours)),
        held_out=" and ".join(card.held_out),
        unseen=_table(_only_held_out(card)),
        seen=_table(card.seen),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _only_held_out(card: Card) -> list[Score]:
    """Without speakers whom the measured network had heard."""
    heard = {speaker for (group, speaker) in card.hours if group == DIGITS}
    heard -= set(card.held_out)
    silent = [*heard, *(s for (group, s) in card.hours if group == SYLLABLES)]
    return [score for score in card.unseen if score.speaker not in silent]


def _source_rows(hours: Mapping[tuple[str, str], float]) -> list[str]:
    rows = ["| source | speaker | hours | licence |", "|---|---|---|---|"]
    for (group, speaker), amount in sorted(hours.items()):
        source, licence = _SOURCES[group]
        rows.append(f"| {source} | {speaker or 'many'} | {amount:.2f} | {licence} |")
    return rows


def _table(scores: Sequence[Score]) -> str:
    rows = ["| test | speaker | clips | right | heard as something else |", "|---|---|---|---|---|"]
    for s in scores:
        wrong = s.mistaken / s.trials if s.trials else 0.0
        rows.append(f"| {s.test} | {s.speaker} | {s.trials} | {s.share:.1%} | {wrong:.1%} |")
    return "\n".join(rows)


_TEXT = """\
# demo-zh-en

A small Vosk model for Mandarin and English on the telephone (8 kHz): good for trying the hotline
out, for tests and for menus of distinct phrases. **Serve real callers with a published model**
(`ivr models install vosk-model-small-cn-0.22`).

- {words} words: digits, commands and the words of a bank, a clinic and a city hall; 9,600 common
  Mandarin and 3,600 common English words; 6,900 single hanzi, so that any phrase can be spelled.
- {weights} weights in 16 bits, {megabytes:.1f} MB in all; one model serves both languages; run-time
  grammars and `[unk]` work.
- A time-delay network over {frames} of MFCC, one state per phone, trained by cross-entropy.

## How well it hears

Every clip passes a telephone (300-3400 Hz, white noise at 30 dB, mu-law). The grammar holds the
phrases of the test and `[unk]`, and right means exactly the phrase. In the rows about strangers
the phrase is not in the grammar, and right means refused.

**People and words the network had not heard** (it was measured before it learned from {held_out}
and from every tenth Mandarin word; the speakers of Mandarin were the same). The few dials of
`[unk]` and the priors were set on a part of these same clips, so read them a little lower:

{unseen}

**The model as it ships** has since learned from all of these recordings, so its own figures on
them say how well it remembers, not how well it hears a stranger:

{seen}

## What it cannot do

- The only human Mandarin in it is one woman's words and another's syllables. Men, children,
  dialects and mobile phones in the street were only imitated, by changing speed and formants.
- The only human English is ten digits from three men.
- Tones are not modelled: 北京 and 背景 are one word to it. Keep phrases of one menu apart by more
  than a tone, and keep English and Mandarin near-homophones (two / 吐, eight / 诶) out of one menu.
- Open dictation works poorly; use grammars.

## What it was made from

{sources}

Pronunciations: pypinyin (MIT) and eSpeak NG. Word lists: HSK words, jieba (MIT) and wordfreq
(CC BY-SA 4.0). The recordings are no part of this folder. As it was trained on CC BY-SA recordings,
this model folder is offered under CC BY-SA 4.0; the rest of the project has its own licence.

## How to build it again

```
pip install 'ivr[build]'
ivr models build --speech FOLDER     # digits-en/, mandarin-words/, mandarin-syllables/
ivr models eval --speech FOLDER
```

It takes about an hour and a half on two cores, needs Debian's mirror for OpenFst and Flite (no
root), and is seeded; another machine's arithmetic still gives other bytes, and a model as good.
The word lists may have grown since the network was trained: they only change the graph.
""".replace("{frames}", "0.5 s")
