import json
import os
from pathlib import Path

import pytest

from ivr.errors import SettingsError, VoiceError
from ivr.flow.prompt import PromptSegment
from ivr.speech.prompt_files import MANIFEST, MAX_NAME, Origin, PromptFolder, file_name
from ivr.speech.prompt_render import Result, Sound, distinct, render_prompt, render_sounds
from ivr.speech.sound_files import read_sound, wav_bytes

HELLO = PromptSegment("您好", "zh", "bank.hello")
SOUND = wav_bytes(b"\x10\x00" * 800)
OTHER_SOUND = wav_bytes(b"\x20\x00" * 900)


class Voice:
    """Says 100 samples a character; refuses "!"."""

    def __init__(self, name: str = "one") -> None:
        self.name = name
        self.asked = 0

    async def speak(self, text: str, language: str) -> bytes:
        self.asked += 1
        if "!" in text:
            raise VoiceError("it crashed")
        return b"\x40\x00" * 100 * len(text.strip())


@pytest.fixture
def folder(tmp_path: Path) -> PromptFolder:
    return PromptFolder(tmp_path)


def put(folder: PromptFolder, segment: PromptSegment, content: bytes = SOUND) -> Path:
    path = folder.folder / segment.language / f"{segment.recording}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_what_the_manifest_does_not_name_is_a_recording(folder: PromptFolder) -> None:
    assert folder.find(HELLO).origin is Origin.MISSING
    put(folder, HELLO)
    assert folder.find(HELLO).origin is Origin.RECORDING


def test_a_synthesis_counts_only_for_its_text(folder: PromptFolder) -> None:
    path = folder.write_synthesis(HELLO, SOUND, "one")
    assert folder.find(HELLO).origin is Origin.SYNTHESIS
    assert folder.find(HELLO).voice == "one"
    changed = PromptSegment("您好吗", "zh", "bank.hello")
    assert folder.find(changed).origin is Origin.OUTDATED
    assert not folder.find(changed).playable
    assert path.read_bytes() == SOUND
    # Another process sees the same.
    assert PromptFolder(folder.folder).find(HELLO).origin is Origin.SYNTHESIS


def test_a_synthesis_that_was_replaced_by_hand_is_a_recording(folder: PromptFolder) -> None:
    path = folder.write_synthesis(HELLO, SOUND, "one")
    assert folder.find(HELLO).origin is Origin.SYNTHESIS
    path.write_bytes(OTHER_SOUND)
    assert folder.find(HELLO).origin is Origin.RECORDING
    with pytest.raises(SettingsError, match="never replaces"):
        folder.write_synthesis(HELLO, SOUND, "one")
    assert path.read_bytes() == OTHER_SOUND


def test_a_copied_folder_is_still_a_synthesis(folder: PromptFolder) -> None:
    path = folder.write_synthesis(HELLO, SOUND, "one")
    os.utime(path, (1, 1))
    assert folder.find(HELLO).origin is Origin.SYNTHESIS


def test_private_text_has_no_file(folder: PromptFolder) -> None:
    private = PromptSegment("六二一七", "zh", "bank.hello", private=True)
    put(folder, HELLO)
    assert folder.find(private).origin is Origin.MISSING
    with pytest.raises(SettingsError):
        folder.write_synthesis(private, SOUND, "one")


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"prompts": 3}', '{"prompts": {"a": 1}}', "null", "\x00"]
)
def test_an_unreadable_manifest_makes_recordings_of_all(folder: PromptFolder, content: str) -> None:
    folder.write_synthesis(HELLO, SOUND, "one")
    (folder.folder / "zh" / MANIFEST).write_text(content)
    assert folder.find(HELLO).origin is Origin.RECORDING


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "../a",
        "a/../b",
        "/a",
        "a//b",
        ".a",
        "a/.b",
        "a b",
        "a\\b",
        "a\n",
        "a" * (MAX_NAME + 1),
    ],
)
def test_bad_names_are_refused(folder: PromptFolder, name: str) -> None:
    with pytest.raises(SettingsError):
        file_name(PromptSegment("x", "zh", name))
    assert folder.find(PromptSegment("x", "zh", name)).origin is Origin.MISSING


@pytest.mark.parametrize("language", ["", "..", "zh/..", "zh\0", "z"])
def test_bad_languages_are_refused(language: str) -> None:
    with pytest.raises(SettingsError):
        file_name(PromptSegment("x", language, "a"))


@pytest.mark.parametrize("name", ["bank.main.prompt", "bank/main", "问候", "a-1_b"])
def test_good_names(name: str) -> None:
    assert file_name(PromptSegment("x", "zh", name)) == name


def test_a_text_without_a_name_is_named_by_its_content() -> None:
    one, other = (file_name(PromptSegment(text, "zh")) for text in ("您好", "再见"))
    assert one != other
    assert one == file_name(PromptSegment("您好", "zh"))


def test_distinct_prompts() -> None:
    private = PromptSegment("x", "zh", private=True)
    english = PromptSegment("Hello", "en", "bank.hello")
    assert distinct([HELLO, private, HELLO, english]) == [HELLO, english]
    with pytest.raises(SettingsError, match="share the recording"):
        distinct([HELLO, PromptSegment("喂", "zh", "bank.hello")])


# -- rendering -------------------------------------------------------------------------------


async def test_rendering_keeps_what_is_up_to_date(folder: PromptFolder) -> None:
    voice = Voice()
    first = await render_prompt(folder, voice, HELLO)
    assert (first.result, first.path.name) == (Result.RENDERED, "bank.hello.wav")
    assert len(read_sound(first.path)) == 400
    assert (await render_prompt(folder, voice, HELLO)).result is Result.KEPT
    assert voice.asked == 1
    assert (await render_prompt(folder, voice, HELLO, force=True)).result is Result.RENDERED
    assert (await render_prompt(folder, Voice("two"), HELLO)).result is Result.RENDERED
    entries = json.loads((folder.folder / "zh" / MANIFEST).read_text())["prompts"]
    assert entries["bank.hello"]["voice"] == "two"


async def test_rendering_follows_a_changed_text(folder: PromptFolder) -> None:
    await render_prompt(folder, Voice(), HELLO)
    changed = PromptSegment("您好您好", "zh", "bank.hello")
    rendered = await render_prompt(folder, Voice(), changed)
    assert rendered.result is Result.RENDERED
    assert len(read_sound(rendered.path)) == 800
    assert folder.find(changed).origin is Origin.SYNTHESIS


@pytest.mark.parametrize("force", [False, True])
async def test_rendering_never_touches_a_recording(folder: PromptFolder, force: bool) -> None:
    path = put(folder, HELLO)
    voice = Voice()
    assert (await render_prompt(folder, voice, HELLO, force=force)).result is Result.RECORDED
    assert path.read_bytes() == SOUND
    assert voice.asked == 0


@pytest.mark.parametrize(("text", "problem"), [("!", "it crashed"), (" ", "nothing")])
async def test_rendering_that_fails_leaves_what_was(
    folder: PromptFolder, text: str, problem: str
) -> None:
    await render_prompt(folder, Voice(), HELLO)
    failed = await render_prompt(folder, Voice(), PromptSegment(text, "zh", "bank.hello"))
    assert failed.result is Result.FAILED
    assert problem in failed.problem
    assert folder.find(HELLO).origin is Origin.SYNTHESIS


async def test_system_sounds(tmp_path: Path) -> None:
    path = tmp_path / "sounds" / "apology.wav"
    await render_sounds(Voice(), [Sound(path, "很抱歉", "zh")])
    assert len(read_sound(path)) == 600
    await render_sounds(Voice(), [Sound(path, "再见", "zh")])
    assert len(read_sound(path)) == 400
    assert [file.name for file in path.parent.iterdir()] == ["apology.wav"]
    with pytest.raises(VoiceError):
        await render_sounds(Voice(), [Sound(path, "!", "zh")])
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(SettingsError, match="cannot be written"):
        await render_sounds(Voice(), [Sound(blocked / "x.wav", "再见", "zh")])
