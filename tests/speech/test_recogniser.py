"""The threads around an engine, with an engine that a test controls; the real one is below."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.audio.frames import SILENCE, AudioFrame
from ivr.errors import ModelError, SpeechError
from ivr.ports import Recogniser, Word
from ivr.speech import recogniser as module
from ivr.speech.recogniser import BATCH_FRAMES, ThreadedHearing, VoskRecogniser


class FakeDecoder:
    """Says how many bytes it was given, in how many pieces; notes threads and overlaps."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.threads: set[int] = set()
        self.overlaps = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails = False
        self._inside = threading.Lock()

    def accept(self, pcm: bytes) -> None:
        if not self._inside.acquire(blocking=False):
            self.overlaps += 1
            return
        try:
            assert self.go_on.wait(20)
            if self.fails:
                raise RuntimeError("Failed to process waveform")
            self.threads.add(threading.get_ident())
            self.pieces.append(pcm)
        finally:
            self._inside.release()

    def partial(self) -> str:
        return str(len(b"".join(self.pieces)))

    @property
    def alternatives(self) -> tuple[str, ...]:
        return ()

    def finish(self) -> tuple[Word, ...]:
        return (Word(str(len(b"".join(self.pieces))), 1.0, 0.0, 0.1),)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it becomes true on another thread
            await asyncio.sleep(0.001)


def numbered(k: int) -> AudioFrame:
    return AudioFrame(k.to_bytes(2, "little") * 160)


async def test_frames_arrive_in_order_and_in_batches_off_the_loop(pool: ThreadPoolExecutor) -> None:
    decoder = FakeDecoder()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    for k in range(101):
        hearing.feed(numbered(k))
        await asyncio.sleep(0)
    utterance = await hearing.finish()
    assert b"".join(decoder.pieces) == b"".join(numbered(k).pcm for k in range(101))
    assert all(len(piece) >= BATCH_FRAMES * 320 for piece in decoder.pieces[:-1])
    assert threading.get_ident() not in decoder.threads
    assert decoder.overlaps == 0
    assert (utterance.text, utterance.language) == (str(101 * 320), "zh")
    assert utterance.seconds == pytest.approx(2.02)


async def test_partial_result(pool: ThreadPoolExecutor) -> None:
    hearing = ThreadedHearing(pool, FakeDecoder, "zh")
    assert hearing.partial == ""
    for _ in range(BATCH_FRAMES):
        hearing.feed(SILENCE)
    await until(lambda: hearing.partial == str(BATCH_FRAMES * 320))
    hearing.cancel()


async def test_many_turns_on_two_threads(pool: ThreadPoolExecutor) -> None:
    decoders = [FakeDecoder() for _ in range(40)]
    hearings = [ThreadedHearing(pool, lambda d=d: d, "zh") for d in decoders]
    for k in range(60):
        for hearing in hearings:
            hearing.feed(numbered(k))
        await asyncio.sleep(0)
    results = await asyncio.gather(*(hearing.finish() for hearing in hearings))
    assert {result.text for result in results} == {str(60 * 320)}
    assert sum(decoder.overlaps for decoder in decoders) == 0
    assert len(set().union(*(decoder.threads for decoder in decoders))) <= 2


async def test_feeding_never_waits_for_a_slow_engine(pool: ThreadPoolExecutor) -> None:
    decoder = FakeDecoder()
    decoder.go_on.clear()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    for k in range(200):
        hearing.feed(numbered(k))
    assert decoder.pieces == []
    decoder.go_on.set()
    assert (await hearing.finish()).text == str(200 * 320)


async def test_a_turn_too_far_behind_fails(
    pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_QUEUED_FRAMES", 20)
    decoder = FakeDecoder()
    decoder.go_on.clear()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    for k in range(100):
        hearing.feed(numbered(k))
    decoder.go_on.set()
    with pytest.raises(SpeechError, match="behind the caller"):
        await hearing.finish()


async def test_nothing_was_said(pool: ThreadPoolExecutor) -> None:
    assert (await ThreadedHearing(pool, FakeDecoder, "zh").finish()).text == "0"


async def test_an_engine_that_fails_is_a_speech_error(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    decoder = FakeDecoder()
    decoder.fails = True
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    for k in range(20):
        hearing.feed(numbered(k))
    with pytest.raises(SpeechError, match="the speech engine failed: Failed to process waveform"):
        await hearing.finish()
    assert len(caplog.records) == 1


async def test_a_model_error_keeps_its_words(pool: ThreadPoolExecutor) -> None:
    def broken() -> FakeDecoder:
        raise ModelError("models/x: not a whole Vosk model")

    with pytest.raises(ModelError, match="models/x"):
        await ThreadedHearing(pool, broken, "zh").finish()


async def test_cancel_forgets_the_turn(pool: ThreadPoolExecutor) -> None:
    decoder = FakeDecoder()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    for k in range(BATCH_FRAMES):
        hearing.feed(numbered(k))
    await until(lambda: hearing.partial != "")
    hearing.cancel()
    for k in range(20):
        hearing.feed(numbered(k))
    hearing.cancel()
    with pytest.raises(SpeechError, match="over already"):
        await hearing.finish()
    assert len(decoder.pieces) == 1


async def test_cancel_while_finishing(pool: ThreadPoolExecutor) -> None:
    decoder = FakeDecoder()
    decoder.go_on.clear()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    hearing.feed(SILENCE)
    async with asyncio.TaskGroup() as tasks:
        finishing = tasks.create_task(_error_of(hearing))
        await asyncio.sleep(0)
        hearing.cancel()
        assert "cancelled" in await finishing
        decoder.go_on.set()


async def test_the_task_that_finishes_may_be_cancelled(pool: ThreadPoolExecutor) -> None:
    decoder = FakeDecoder()
    decoder.go_on.clear()
    hearing = ThreadedHearing(pool, lambda: decoder, "zh")
    hearing.feed(SILENCE)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await hearing.finish()
    decoder.go_on.set()


async def _error_of(hearing: ThreadedHearing) -> str:
    try:
        await hearing.finish()
    except SpeechError as error:
        return str(error)
    return ""


async def test_a_closed_recogniser_answers_every_turn(tmp_path: Path) -> None:
    before = threading.active_count()
    async with VoskRecogniser({"zh": tmp_path}) as recogniser:
        port: Recogniser = recogniser
        hearing = port.listen("zh", ["是"])
    hearing.feed(SILENCE)
    with pytest.raises(SpeechError, match="has been closed"):
        await hearing.finish()
    assert threading.active_count() <= before + 1  # asyncio keeps the thread that closed it


async def test_a_language_without_a_model(tmp_path: Path) -> None:
    async with VoskRecogniser({"zh": tmp_path}) as recogniser:
        with pytest.raises(ModelError, match=r"'en' \(have: zh\); see `ivr models list`"):
            recogniser.listen("en", ["yes"])


async def test_a_folder_without_a_model(tmp_path: Path) -> None:
    async with VoskRecogniser({"zh": tmp_path / "no", "en": tmp_path}) as recogniser:
        with pytest.raises(ModelError, match="`ivr models install NAME`"):
            await recogniser.load()
        with pytest.raises(ModelError, match=r"am/final\.mdl, .* missing"):
            await recogniser.listen("en", ["yes"]).finish()


async def test_languages_of_one_folder_share_its_model(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    folders = {"zh": tmp_path, "en": tmp_path / "other" / "..", "yue": tmp_path / "other"}
    async with VoskRecogniser(folders) as recogniser:
        models = recogniser._models
        assert models["zh"] is models["en"]
        assert models["zh"] is not models["yue"]
