import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.audio.frames import seconds_of
from ivr.errors import VoiceError
from ivr.flow.prompt import PromptSegment
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.prompt_store import MAX_FILLS, PromptStore, prompt_key
from ivr.speech.sound_cache import DiskCache, MemoryCache
from ivr.speech.sound_files import wav_bytes

GREETING = PromptSegment("您好", "zh", "bank.greeting")
PRIVATE = PromptSegment("尾号六二一七", "zh", private=True)


@dataclass
class FakeVoice:
    """Says its own name and the text; waits for `gate` before it does."""

    name: str = "fake"
    spoken: list[str] = field(default_factory=list)
    fails: Exception | None = None
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    open: bool = True

    async def speak(self, text: str, language: str) -> bytes:
        self.spoken.append(text)
        if not self.open:
            await self.gate.wait()
        if self.fails:
            raise self.fails
        return self.says(text)

    def says(self, text: str) -> bytes:
        return (f"{self.name}:{text}".encode() * 2).ljust(400, b"\0")


@dataclass
class Rig:
    """A store over a folder of a test, with voices that tell what they were asked."""

    folder: Path
    offline: FakeVoice = field(default_factory=lambda: FakeVoice("offline"))
    preferred: FakeVoice | None = None

    @contextlib.asynccontextmanager
    async def store(self, **options: float) -> AsyncIterator[PromptStore]:
        async with PromptStore(
            self.folder / "audio_prompts",
            self.folder / "cache",
            self.offline,
            self.preferred,
            **options,  # type: ignore[arg-type]
        ) as store:
            yield store

    @property
    def cached(self) -> list[Path]:
        return sorted((self.folder / "cache").rglob("*.prompt"))

    def record(self, language: str, name: str, rate: int = 8000, channels: int = 1) -> None:
        path = self.folder / "audio_prompts" / language / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        tone = 0.25 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
        soundfile.write(path, np.column_stack([tone] * channels), rate)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


async def until(condition: Callable[[], object]) -> None:
    for _ in range(2000):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("waited for ten seconds")


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (44_100, 2)])
async def test_a_recording_wins(rig: Rig, rate: int, channels: int) -> None:
    rig.record("zh", "bank.greeting", rate, channels)
    async with rig.store() as store:
        pcm = await store.fetch(GREETING)
    assert seconds_of(pcm) == pytest.approx(1.0, abs=0.01)
    assert 0.2 < np.abs(np.frombuffer(pcm, "<i2")[200:-200]).max() / 32768 < 0.3
    assert rig.offline.spoken == []


async def test_a_recording_that_arrives_later_wins_too(rig: Rig) -> None:
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")
        rig.record("zh", "bank.greeting")
        assert seconds_of(await store.fetch(GREETING)) == pytest.approx(1.0)


async def test_a_recording_of_another_language_does_not(rig: Rig) -> None:
    rig.record("en", "bank.greeting")
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")


async def test_a_broken_recording_is_spoken_instead(rig: Rig) -> None:
    path = rig.folder / "audio_prompts" / "zh" / "bank.greeting.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"RIFF and then nothing of use")
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")


@pytest.mark.parametrize("name", ["../../secret", "/etc/passwd", ".hidden", "a/../../b", "a\0b"])
async def test_a_name_never_leaves_the_folder(rig: Rig, name: str) -> None:
    rig.record("", "secret")
    (rig.folder / "secret.wav").write_bytes(
        (rig.folder / "audio_prompts" / "secret.wav").read_bytes()
    )
    async with rig.store() as store:
        assert await store.fetch(PromptSegment("x", "zh", name)) == rig.offline.says("x")


async def test_speech_is_kept_in_memory_and_on_disk(rig: Rig) -> None:
    async with rig.store() as store:
        assert await store.fetch(GREETING) == await store.fetch(GREETING)
    assert rig.offline.spoken == ["您好"]
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")
    assert rig.offline.spoken == ["您好"]


async def test_changed_text_or_voice_is_spoken_anew(rig: Rig) -> None:
    async with rig.store() as store:
        await store.fetch(GREETING)
        await store.fetch(PromptSegment("您好吗", "zh", "bank.greeting"))
    rig.offline.name = "another"
    async with rig.store() as store:
        await store.fetch(GREETING)
    assert rig.offline.spoken == ["您好", "您好吗", "您好"]


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 500, None])
async def test_a_damaged_file_is_made_again(rig: Rig, damage: bytes | None) -> None:
    async with rig.store() as store:
        await store.fetch(GREETING)
    (file,) = rig.cached
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"\xff" if damage is None else damage)
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")
    assert rig.offline.spoken == ["您好", "您好"]
    assert file.read_bytes() == whole


async def test_private_text_stays_in_memory_and_in_the_house(rig: Rig) -> None:
    rig.preferred = FakeVoice("online")
    async with rig.store() as store:
        for _ in range(2):
            assert await store.fetch(PRIVATE) == rig.offline.says(PRIVATE.text)
    assert rig.offline.spoken == [PRIVATE.text]
    assert rig.preferred.spoken == []
    assert rig.cached == []


async def test_private_text_may_be_allowed_out_but_never_to_disk(rig: Rig) -> None:
    rig.preferred = FakeVoice("online")
    async with rig.store(private_online=True) as store:
        assert await store.fetch(PRIVATE) == rig.preferred.says(PRIVATE.text)
    assert rig.cached == []


async def test_private_memory_is_bounded(rig: Rig) -> None:
    async with rig.store(private_bytes=1000) as store:
        for text in ("a", "b", "c", "a"):
            await store.fetch(PromptSegment(text, "zh", private=True))
    assert rig.offline.spoken == ["a", "b", "c", "a"]


async def test_the_preferred_voice_speaks_if_it_is_quick(rig: Rig) -> None:
    rig.preferred = FakeVoice("online")
    async with rig.store(patience=10.0) as store:
        assert await store.fetch(GREETING) == rig.preferred.says("您好")
    assert rig.offline.spoken == []


async def test_nobody_waits_for_a_slow_voice_which_fills_the_cache(rig: Rig) -> None:
    rig.preferred = FakeVoice("online", open=False)
    async with rig.store() as store:
        began = time.monotonic()
        assert await store.fetch(GREETING) == rig.offline.says("您好")
        assert time.monotonic() - began < 5
        rig.preferred.gate.set()
        await until(lambda: len(rig.cached) == 2)
        assert await store.fetch(GREETING) == rig.preferred.says("您好")
    assert rig.preferred.spoken == ["您好"]


async def test_many_callers_share_one_request(rig: Rig) -> None:
    rig.preferred = FakeVoice("online", open=False)
    async with rig.store() as store:
        answers = await asyncio.gather(*(store.fetch(GREETING) for _ in range(20)))
    assert set(answers) == {rig.offline.says("您好")}
    assert rig.preferred.spoken == ["您好"]
    assert rig.offline.spoken == ["您好"]


async def test_a_caller_who_leaves_does_not_spoil_it_for_another(rig: Rig) -> None:
    rig.offline.open = False
    async with rig.store() as store, asyncio.TaskGroup() as tasks:
        one = tasks.create_task(store.fetch(GREETING))
        other = tasks.create_task(store.fetch(GREETING))
        await until(lambda: rig.offline.spoken)
        one.cancel()
        await asyncio.wait({one})
        rig.offline.gate.set()
        assert await other == rig.offline.says("您好")
    assert one.cancelled()


@pytest.mark.parametrize("error", [VoiceError("403"), RuntimeError("a bug in there")])
async def test_a_failing_voice_rests(rig: Rig, error: Exception) -> None:
    rig.preferred = FakeVoice("online", fails=error)
    async with rig.store() as store:
        for text in ("a", "b", "c"):
            assert await store.fetch(PromptSegment(text, "zh")) == rig.offline.says(text)
    assert rig.preferred.spoken == ["a"]


async def test_the_preferred_voice_owes_only_so_much(rig: Rig) -> None:
    rig.preferred = FakeVoice("online", open=False)
    async with rig.store(patience=0.0) as store:
        for number in range(MAX_FILLS + 10):
            await store.fetch(PromptSegment(f"text {number}", "en"))
        assert len(store._making) <= MAX_FILLS


async def test_no_voice_at_all_is_a_voice_error(rig: Rig) -> None:
    rig.offline.fails = VoiceError("crashed")
    async with rig.store() as store:
        with pytest.raises(VoiceError, match="crashed"):
            await store.fetch(GREETING)
        assert await store.warm([GREETING]) == 1
        rig.offline.fails = None
        assert await store.warm([GREETING]) == 0
        assert await store.fetch(GREETING) == rig.offline.says("您好")


async def test_leaving_does_not_wait_for_a_network(rig: Rig) -> None:
    rig.preferred = FakeVoice("online", open=False)
    async with asyncio.timeout(10), rig.store() as store:
        await store.fetch(GREETING)


async def test_a_closed_store_says_so(rig: Rig) -> None:
    async with rig.store() as store:
        await store.fetch(GREETING)
        rig.offline.open = False
        async with asyncio.TaskGroup() as tasks:
            waiting = tasks.create_task(_error_of(store))
            await until(lambda: len(rig.offline.spoken) == 2)
            for task in store._making.values():
                task.cancel()
        assert "closing" in str(waiting.result())
    assert await store.fetch(GREETING) == rig.offline.says("您好")
    with pytest.raises(VoiceError, match="closed"):
        await store.fetch(PromptSegment("再见", "zh"))


async def _error_of(store: PromptStore) -> VoiceError | None:
    try:
        await store.fetch(PromptSegment("再见", "zh"))
    except VoiceError as error:
        return error
    return None


async def test_a_full_disk_only_costs_the_cache(rig: Rig) -> None:
    (rig.folder / "cache").write_text("a file where the folder should be")
    async with rig.store() as store:
        assert await store.fetch(GREETING) == rig.offline.says("您好")


async def test_with_the_real_offline_voice(tmp_path: Path) -> None:
    async with EspeakVoice() as voice:
        async with PromptStore(tmp_path / "a", tmp_path / "c", voice) as store:
            first = await store.fetch(PromptSegment("您好，请按一。", "zh"))
        async with PromptStore(tmp_path / "a", tmp_path / "c", voice) as store:
            assert await store.fetch(PromptSegment("您好，请按一。", "zh")) == first
    assert 0.8 < seconds_of(first) < 3.0


def test_the_key_knows_where_one_part_ends() -> None:
    assert prompt_key("a", "b", "c") != prompt_key("ab", "", "c")


# -- caches ----------------------------------------------------------------------------------


def test_memory_forgets_what_was_used_longest_ago() -> None:
    cache = MemoryCache(30)
    for key in "abc":
        cache.put(key, bytes(10))
    assert cache.get("a")
    cache.put("d", bytes(10))
    assert cache.get("b") is None
    assert cache.get("a")
    cache.put("huge", bytes(31))
    assert cache.get("huge") is None
    assert len(cache) == 3
    assert cache.size == 30


def test_the_disk_is_bounded_and_whole(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path, 20_000)
    for number in range(100):
        cache.put(f"{number:032x}", bytes([number]) * 1000)
    files = list(tmp_path.rglob("*.prompt"))
    assert sum(file.stat().st_size for file in files) <= 22_000
    assert len(files) >= 15
    assert cache.get(f"{99:032x}") == bytes([99]) * 1000
    assert not list(tmp_path.rglob("*.part"))


def test_wav_is_what_asterisk_plays(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav_bytes(bytes(range(200))))
    info = soundfile.info(path)
    assert (info.samplerate, info.channels, info.subtype) == (8000, 1, "PCM_16")
    assert path.read_bytes()[-200:] == bytes(range(200))
