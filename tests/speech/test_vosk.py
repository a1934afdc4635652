"""The real engine with the real demo model."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from ivr.audio.frames import AudioFrame
from ivr.audio.resampling import resample
from ivr.call.listener import Listener
from ivr.dialogue.actions import Endpointing, Listen
from ivr.dialogue.events import Heard, SpeechBegan
from ivr.dialogue.grammar import Grammar
from ivr.ports import Utterance
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.recogniser import VoskRecogniser
from ivr.speech.vad import WebrtcVad
from ivr.speech.vosk_decoder import VoskDecoder
from ivr.speech.vosk_model import VoskModel
from tests.sound import frames, noise

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models" / "demo-zh-en"
MENU = ("查余额", "转账", "挂失", "贷款", "投诉", "人工")
SECOND = bytes(16_000)

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not MODEL.is_dir(), reason="models/demo-zh-en is not built"),
]


@pytest.fixture
async def recogniser() -> AsyncIterator[VoskRecogniser]:
    async with VoskRecogniser({"zh": MODEL, "en": MODEL}) as vosk:
        await vosk.load()
        yield vosk


@pytest.fixture
async def voice() -> AsyncIterator[EspeakVoice]:
    async with EspeakVoice() as espeak:
        yield espeak


async def hear(
    recogniser: VoskRecogniser, pcm: bytes, language: str, phrases: Sequence[str]
) -> Utterance:
    hearing = recogniser.listen(language, phrases)
    for frame in frames(noise(0.3, -60), pcm, noise(0.3, -60)):
        hearing.feed(frame)
    return await hearing.finish()


@pytest.mark.parametrize(
    ("language", "said", "phrases"),
    [
        ("zh", "查余额", MENU),
        ("zh", "挂失", MENU),
        ("zh", "人工", MENU),
        ("en", "balance", ("balance", "transfer", "operator", "loans")),
        ("en", "operator", ("balance", "transfer", "operator", "loans")),
    ],
)
async def test_a_menu_phrase_is_heard(
    recogniser: VoskRecogniser,
    voice: EspeakVoice,
    language: str,
    said: str,
    phrases: tuple[str, ...],
) -> None:
    heard = await hear(recogniser, await voice.speak(said, language), language, phrases)
    assert "".join(heard.text.split()) == said
    assert heard.language == language
    assert all(0.0 <= word.confidence <= 1.0 for word in heard.words)
    assert 0.2 < heard.words[0].start < heard.words[-1].end < heard.seconds


async def test_silence_is_no_word(recogniser: VoskRecogniser) -> None:
    assert (await hear(recogniser, noise(1.0, -60), "zh", MENU)).words == ()


async def test_partial_results_come_before_the_end(
    recogniser: VoskRecogniser, voice: EspeakVoice
) -> None:
    hearing = recogniser.listen("zh", MENU)
    for frame in frames(noise(0.3, -60), await voice.speak("查余额", "zh"), noise(0.6, -60)):
        hearing.feed(frame)
    async with asyncio.timeout(20):
        while not hearing.partial:  # noqa: ASYNC110 - it is written by another thread
            await asyncio.sleep(0.005)
    hearing.cancel()


async def test_what_the_engine_cut_in_two_is_one_utterance(
    recogniser: VoskRecogniser, voice: EspeakVoice
) -> None:
    """Vosk ends a result of its own after about half a second of silence."""
    first, second = await voice.speak("挂失", "zh"), await voice.speak("人工", "zh")
    pcm = first + noise(1.2, -60) + second
    heard = await hear(recogniser, pcm, "zh", MENU)
    assert heard.text == "挂失 人工"
    one, other = heard.words
    assert 0.3 <= one.start < one.end < 0.5 + len(first) / 16_000
    assert 1.4 + len(first) / 16_000 < other.start < other.end <= heard.seconds


async def test_open_dictation(recogniser: VoskRecogniser, voice: EspeakVoice) -> None:
    heard = await hear(recogniser, await voice.speak("查余额", "zh"), "zh", ())
    assert heard.words


async def test_eight_callers_at_once(recogniser: VoskRecogniser, voice: EspeakVoice) -> None:
    said = ["查余额", "挂失", "贷款", "人工"] * 2
    pieces = [await voice.speak(text, "zh") for text in said]
    heard = await asyncio.gather(*(hear(recogniser, pcm, "zh", MENU) for pcm in pieces))
    assert ["".join(utterance.text.split()) for utterance in heard] == said


async def test_the_event_loop_is_not_held_up(
    recogniser: VoskRecogniser, voice: EspeakVoice
) -> None:
    """While four turns are decoded as fast as can be, the loop still comes round."""
    pcm = (await voice.speak("查余额", "zh")) * 5
    worst, going = 0.0, True

    async def watch() -> None:
        nonlocal worst
        while going:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before - 0.005)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watch())
        await asyncio.gather(*(hear(recogniser, pcm, "zh", MENU) for _ in range(4)))
        going = False
    assert worst < 0.5


async def test_from_frames_to_events(recogniser: VoskRecogniser, voice: EspeakVoice) -> None:
    """Detector, endpointing and engine together: two turns, each in its grammar."""
    events: list[SpeechBegan | Heard] = []
    changed = asyncio.Event()
    now = 0.0

    def report(event: SpeechBegan | Heard) -> None:
        events.append(event)
        changed.set()

    async def feed(sound: list[AudioFrame], until: int) -> None:
        nonlocal now
        for frame in sound:
            now += 0.02
            listener.feed(frame, now)
            await asyncio.sleep(0.001)
        async with asyncio.timeout(20):
            while len(events) < until:
                changed.clear()
                await changed.wait()

    async with asyncio.TaskGroup() as tasks:
        listener = Listener(recogniser, WebrtcVad(), report, tasks.create_task, lambda: now)
        listener.listen(Listen(Grammar("zh", MENU), Endpointing()))
        line = noise(1.2, -60)
        await feed(frames(line, await voice.speak("挂失", "zh"), line), 2)
        listener.listen(Listen(Grammar("en", ("balance", "operator")), Endpointing()))
        await feed(frames(await voice.speak("operator", "en"), line), 4)
    texts = [event.utterance.text if isinstance(event, Heard) else "" for event in events]
    assert texts == ["", "挂失", "", "operator"]


def test_16_khz_audio_fits_the_model_too() -> None:
    """Vosk itself is told the rate; a 16 kHz model gets telephone audio the same way round."""
    model = VoskModel(MODEL)
    import vosk

    recogniser = vosk.KaldiRecognizer(model.load(), 16000, model.grammar("zh", MENU).text)
    decoder = VoskDecoder(recogniser, 8000, 16000)
    decoder.accept(noise(0.5, -60))
    assert decoder.finish() == ()
    assert len(resample(SECOND, 8000, 16000)) == 2 * len(SECOND)


def test_words_the_model_lacks_are_named() -> None:
    vosk = VoskModel(MODEL)
    assert vosk.grammar("en", ("balance", "xyzzyqux")).missing == ("xyzzyqux",)
    assert vosk.lexicon.has_unknown


def test_a_model_without_a_word_list_is_asked_itself(tmp_path: Path) -> None:
    """As with the small published models, whose words are within Gr.fst."""
    for path in MODEL.rglob("*"):
        if path.is_file() and path.name != "words.txt":
            (tmp_path / path.relative_to(MODEL)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path.relative_to(MODEL)).symlink_to(path)
    (tmp_path / "graph" / "words.txt").symlink_to(MODEL / "graph" / "words.txt")
    model = VoskModel(tmp_path)
    model.load()
    (tmp_path / "graph" / "words.txt").unlink()
    assert model.grammar("zh", ("挂失",)).missing == ()
    assert model.grammar("zh", ("xyzzyqux",)).missing == ("xyzzyqux",)


def test_nothing_brings_the_process_down() -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("vosk_torture.py")), str(MODEL)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    assert done.stdout.rstrip().endswith("survived")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_cut_off_model_file_is_an_error(tmp_path: Path, share: float) -> None:
    """In a process of its own: damage is for the engine to find, and it may fall."""
    for path in MODEL.rglob("*"):
        if path.is_file():
            (tmp_path / path.relative_to(MODEL)).parent.mkdir(parents=True, exist_ok=True)
            data = path.read_bytes()
            cut = data[: int(share * len(data))] if path.name == "final.mdl" else data
            (tmp_path / path.relative_to(MODEL)).write_bytes(cut)
    code = (
        "import sys; from pathlib import Path; from ivr.errors import ModelError\n"
        "from ivr.speech.vosk_model import VoskModel\n"
        "try: VoskModel(Path(sys.argv[1])).load()\n"
        "except ModelError as error: print('told:', error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.stdout.startswith("told:"), done.stderr[-1000:]
