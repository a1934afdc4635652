"""Run in a process of its own by test_vosk.py: gives the engine what must not bring it down."""

import asyncio
import random
import sys
from pathlib import Path

from ivr.audio.frames import SILENCE
from ivr.errors import SpeechError
from ivr.speech.recogniser import VoskRecogniser
from tests.sound import buzz, frames

HOSTILE: list[list[str]] = [
    [""],
    ["", "  ", "\t\n"],
    ["[]"],
    ["[unk]"],
    ["[unk] [unk]"],
    ['"'],
    ['", "'],
    ['"]', '["', "\\", '\\"', "\\u4f59"],
    ["\0", "一\0二", "\x01\x7f"],
    ["<eps>", "#0", "<s>", "</s>", "!SIL", "<unk>"],
    ["{}", "null", "0", "-1", "1e999"],
    ["\ud800", "\udfff一"],
    ["👍", "مرحبا", "\u202e一", "é"],
    ["qqqqxyzzy", "zzgrmbl"],
    ["一" * 200],
    ["一" * 201],
    ["a" * 100_000],
    ["一"] * 10_000,
    [f"一二三{k}" for k in range(1999)],
    [chr(0x4E00 + k) for k in range(1999)],
]


async def turn(recogniser: VoskRecogniser, language: str, phrases: list[str]) -> str:
    hearing = recogniser.listen(language, phrases)
    for frame in [SILENCE, *frames(buzz(0.3, -20)), SILENCE]:
        hearing.feed(frame)
    try:
        return f"heard {len((await hearing.finish()).words)}"
    except SpeechError as error:
        return f"refused: {str(error)[:60]}"


async def main(folder: Path) -> None:
    random.seed(1)
    noise = [
        ["".join(chr(random.randrange(1, 0x3000)) for _ in range(20)) for _ in range(5)]
        for _ in range(40)
    ]
    async with VoskRecogniser({"zh": folder, "en": folder}) as recogniser:
        for number, phrases in enumerate(HOSTILE + noise):
            print(number, await turn(recogniser, random.choice(["zh", "en"]), phrases), flush=True)
        for _ in range(20):  # turns that end in every stage
            hearing = recogniser.listen("zh", ["一"])
            for _ in range(random.randrange(30)):
                hearing.feed(SILENCE)
                await asyncio.sleep(0)
            hearing.cancel()
        left_open = recogniser.listen("zh", ["一"])
        left_open.feed(SILENCE)
    print("survived", flush=True)


asyncio.run(main(Path(sys.argv[1])))
