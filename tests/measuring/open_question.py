"""What an open main menu makes of sentences it was not taught, by voice.

Run: python -m tests.measuring.open_question

A fifth of the bank's Mandarin examples is held out, three times over; the intent model and the
recogniser's sentences come from the rest. eSpeak says the held-out ones with the pace of three
people in hiss at 25 dB; human words of the public recordings are strangers.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ivr.audio.frames import frames_of
from ivr.dialogue import actions, engine, events
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.dialogue.intents.of_book import free_sentences
from ivr.dialogue.kinds.menu import _reachable
from ivr.dialogue.kinds.open_question import choices_by_intent
from ivr.dialogue.state import State
from ivr.dialogue.talk import Talk
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook, IntentFile
from ivr.flow.nodes.menu import Menu
from ivr.ports import Utterance
from ivr.rehearsal.human_sounds import human_sounds, levelled
from ivr.rehearsal.line_noise import Sound, sound_of
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.inline_recogniser import InlineRecogniser
from ivr.speech.stand_in import StandIn
from ivr.training.intents.examples import Example, ExampleSet
from ivr.training.intents.examples_file import read_examples
from ivr.training.intents.flow_examples import with_phrases
from ivr.training.intents.learning import FOR_SPEECH, train

ROOT = Path(__file__).resolve().parents[2]
BANK = ROOT / "flows" / "bank"
WORDS = ROOT.parent / "shared" / "data" / "speech" / "mandarin-words"
PEOPLE = (0.9, 1.0, 1.1)
SPLITS = 3
HUMAN_WORDS = 60


def held_out(seed: int, folder: Path) -> tuple[FlowBook, list[Example]]:
    """The bank with a model that has not seen the examples given besides."""
    book, given = load_book(BANK), read_examples(BANK / "intents.yaml")
    mandarin = [one for one in given.examples if one.language == "zh"]
    random.Random(seed).shuffle(mandarin)
    held = mandarin[: len(mandarin) // 5]
    left = tuple(one for one in given.examples if one not in set(held))
    taught = with_phrases(ExampleSet(left, given.infos, given.phrases), book)
    file = folder / f"held{seed}.npz"
    save_model(train(taught, FOR_SPEECH).model, file)
    return replace(book, intents=IntentFile(str(file), file.read_bytes())), held


def at_main(book: FlowBook) -> tuple[State, actions.Listen]:
    """A call at the main menu, and what it listens for there."""
    state, done = engine.step(
        book,
        engine.start(book, "bank"),
        events.CallStarted("c", "1", "1", "2026-01-05T10:00:00+08:00"),
    )
    while state.node != "main":
        waited = events.PromptEnded(state.saying) if state.saying else events.TimerRang(state.timer)
        state, done = engine.step(book, state, waited)
    listening = [one for one in done if isinstance(one, actions.Listen)]
    return state, listening[-1]


def outcome(book: FlowBook, state: State, heard: Utterance) -> tuple[str, str]:
    """The choice, and whether it was taken at once or asked about."""
    after, done = engine.step(book, state, events.Heard(heard))
    if after.pending:
        return after.pending.name, "asked"
    for one in done:
        if isinstance(one, actions.Explain) and "chosen" in one.facts:
            return str(one.facts["chosen"]).split(".", 1)[1], "taken"
    return "", "refused"


async def listened(
    recogniser: InlineRecogniser, sound: Sound, phrases: Sequence[str], noise: Sound
) -> Utterance:
    padded = np.concatenate([np.zeros(2400), sound, np.zeros(3200)])
    line = np.clip(padded + noise[: padded.size], -1, 1)
    hearing = recogniser.listen("zh", phrases)
    for frame in frames_of((line * 32767).astype("<i2").tobytes()):
        hearing.feed(frame)
    return await hearing.finish()


async def measure(folder: Path) -> dict[str, Counter[str]]:
    """Counts of what became of each kind of sentence, without and with the model's sentences."""
    recogniser = InlineRecogniser({"zh": ROOT / "models" / "demo-zh-en"})
    noise = np.random.default_rng(3).normal(0, 10 ** ((-22 - 25) / 20), 8000 * 60)
    found: dict[str, Counter[str]] = {"menu only": Counter(), "with sentences": Counter()}
    async with EspeakVoice() as voice:
        for seed in range(SPLITS):
            book, held = held_out(seed, folder)
            state, order = at_main(book)
            main = book.flow("bank").nodes["main"]
            assert isinstance(main, Menu) and book.intents is not None
            choices = load_model(Path(book.intents.file)).choices
            standing = dict(choices_by_intent(_reachable(Talk(book, state), main), choices))
            spoken: list[tuple[str, str, Sound]] = []
            for at, one in enumerate(held):
                if one.is_ours and one.intent not in standing:
                    continue
                pcm = await StandIn(voice, PEOPLE[at % 3]).speak(one.text, "zh")
                kind = "ours" if one.is_ours else "out of scope"
                spoken.append((kind, standing.get(one.intent, ""), levelled(sound_of(pcm))))
            if WORDS.is_dir():
                human = human_sounds(WORDS, HUMAN_WORDS, seed)
                spoken += [("human word", "", sound) for _, sound in human]
            plain = order.grammar.vocabulary
            for name, more in (("menu only", ()), ("with sentences", free_sentences(book, "zh"))):
                for kind, meant, sound in spoken:
                    heard = await listened(recogniser, sound, (*plain, *more), noise)
                    got, how = outcome(book, state, heard)
                    verdict = "refused" if not got else "right" if got == meant else "wrong"
                    found[name][f"{kind}: {verdict} {how if got else ''}".strip()] += 1
    return found


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        for name, counts in asyncio.run(measure(Path(made))).items():
            print(
                name,
                *(f"  {what:<28}{count:4}" for what, count in sorted(counts.items())),
                sep="\n",
            )
