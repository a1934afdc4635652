"""How often a card number is whole, without and with the recogniser's further guesses.

Run: python -m tests.measuring.number_guesses

Human English digits of the public recordings (their speakers were among the demo model's
teachers) and eSpeak's Mandarin, sixteen digits in four groups, in white noise.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ivr.audio.frames import frames_of
from ivr.audio.wav import read_pcm
from ivr.dialogue.slot_types import TYPES
from ivr.dialogue.values import Value, parse
from ivr.dialogue.values.strings import luhn
from ivr.ports import Utterance
from ivr.rehearsal.human_sounds import LEVEL, levelled
from ivr.rehearsal.line_noise import Sound, sound_of
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.inline_recogniser import InlineRecogniser
from ivr.speech.lexicon import UNKNOWN
from ivr.speech.stand_in import StandIn

ROOT = Path(__file__).resolve().parents[2]
DIGITS = ROOT.parent / "shared" / "data" / "speech" / "digits-en"
HANZI = "零一二三四五六七八九"
NOISES = (30, 15, 10)
HUMAN, SYNTHETIC = 100, 60


def card(chance: random.Random) -> str:
    body = "".join(str(chance.randrange(10)) for _ in range(15))
    return next(body + str(last) for last in range(10) if luhn(body + str(last)))


def human(number: str, speaker: Mapping[str, list[Path]], chance: random.Random) -> Sound:
    parts = []
    for at, digit in enumerate(number):
        parts.append(levelled(sound_of(read_pcm(chance.choice(speaker[digit])))))
        parts.append(np.zeros(3600 if at % 4 == 3 else 480))
    return np.concatenate(parts)


async def synthetic(number: str, voice: EspeakVoice, pace: float) -> Sound:
    parts = []
    for at in range(0, 16, 4):
        said = "".join(HANZI[int(digit)] for digit in number[at : at + 4])
        parts += [levelled(sound_of(await StandIn(voice, pace).speak(said, "zh"))), np.zeros(2400)]
    return np.concatenate(parts)


async def listened(recogniser: InlineRecogniser, language: str, line: Sound) -> Utterance:
    words = TYPES["card_number"].words(language)
    hearing = recogniser.listen(language, words, alternatives=True)
    for frame in frames_of((np.clip(line, -1, 1) * 32767).astype("<i2").tobytes()):
        hearing.feed(frame)
    return await hearing.finish()


def verdict(number: str, heard: Utterance, guesses: tuple[str, ...]) -> str:
    text = " ".join(word.text for word in heard.words if word.text != UNKNOWN)
    found = parse("card_number", text, heard.language, alternatives=guesses)
    if not isinstance(found, Value):
        return "none"
    return "right" if found.normal == number else "wrong"


async def measure() -> dict[tuple[str, int], Counter[str]]:
    chance = random.Random(5)
    noise = np.random.default_rng(5)
    speakers: dict[str, dict[str, list[Path]]] = {}
    for file in sorted(DIGITS.glob("*.flac")):
        digit, speaker, _ = file.stem.split("_")
        speakers.setdefault(speaker, {}).setdefault(digit, []).append(file)
    said: list[tuple[str, str, Sound]] = []
    for _ in range(HUMAN):
        number = card(chance)
        said.append(
            ("en", number, human(number, speakers[chance.choice(sorted(speakers))], chance))
        )
    async with EspeakVoice() as voice:
        for _ in range(SYNTHETIC):
            number = card(chance)
            said.append(
                ("zh", number, await synthetic(number, voice, chance.choice((0.9, 1, 1.1))))
            )
    folder = ROOT / "models" / "demo-zh-en"
    recogniser = InlineRecogniser({"zh": folder, "en": folder})
    found: dict[tuple[str, int], Counter[str]] = {}
    for below in NOISES:
        for language, number, sound in said:
            padded = np.concatenate([np.zeros(2400), sound, np.zeros(2400)])
            line = padded + noise.normal(0, LEVEL * 10 ** (-below / 20), padded.size)
            heard = await listened(recogniser, language, line)
            counts = found.setdefault((language, below), Counter())
            counts["without: " + verdict(number, heard, ())] += 1
            counts["with: " + verdict(number, heard, heard.alternatives)] += 1
    return found


if __name__ == "__main__":
    for (language, below), counts in asyncio.run(measure()).items():
        print(language, f"{below} dB", dict(sorted(counts.items())))
