import io
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.audio import wav
from ivr.audio.frames import FRAME_BYTES, SAMPLE_RATE
from ivr.errors import AudioError
from tests.sound import RECORDINGS, noise


def tone(rate: int, seconds: float = 1.0, hertz: float = 440) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)


def test_what_is_written_is_read_back_to_the_bit(tmp_path: Path) -> None:
    pcm = noise(0.5, -20)
    wav.write_wav(tmp_path / "a.wav", pcm)
    assert wav.read_pcm(tmp_path / "a.wav") == pcm
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("kind", "subtype", "rate"),
    [
        ("WAV", "PCM_24", 44100),
        ("FLAC", "PCM_16", 8000),
        ("OGG", "OPUS", 48000),
        ("MP3", None, 24000),
    ],
)
def test_formats_and_rates(tmp_path: Path, kind: str, subtype: str | None, rate: int) -> None:
    path = tmp_path / "sound"
    stereo = np.stack([tone(rate), tone(rate)], axis=1)
    soundfile.write(path, stereo, rate, format=kind, subtype=subtype)
    pcm = np.frombuffer(wav.read_pcm(path), "<i2").astype(float)
    assert len(pcm) == pytest.approx(SAMPLE_RATE, rel=0.1)
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
    assert np.argmax(spectrum) * SAMPLE_RATE / len(pcm) == pytest.approx(440, abs=3)
    assert np.sqrt(np.mean(pcm[1000:7000] ** 2)) == pytest.approx(0.354 * 32768, rel=0.05)


def test_frames_are_whole(tmp_path: Path) -> None:
    wav.write_wav(tmp_path / "a.wav", noise(0.05, -20))
    frames = wav.read_frames(tmp_path / "a.wav")
    assert [len(frame.pcm) for frame in frames] == [FRAME_BYTES] * 3
    assert frames[-1].pcm.endswith(bytes(FRAME_BYTES // 2))


def test_stereo_keeps_sides_apart(tmp_path: Path) -> None:
    left, right = noise(0.2, -20, seed=1), noise(0.1, -20, seed=2)
    wav.write_stereo(tmp_path / "s.wav", left, right)
    with wave.open(str(tmp_path / "s.wav")) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (2, SAMPLE_RATE)
        both = np.frombuffer(sound.readframes(10_000), "<i2").reshape(-1, 2)
    assert both[:, 0].tobytes() == left
    assert both[:, 1].tobytes() == right + bytes(len(left) - len(right))


def test_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match=r"nothing\.wav: cannot be read"):
        wav.read_pcm(tmp_path / "nothing.wav")


@pytest.mark.parametrize("data", [b"", b"RIFF", b"hello world" * 50])
def test_no_sound(data: bytes) -> None:
    with pytest.raises(AudioError, match="greeting: not a sound file"):
        wav.decode_pcm(data, "greeting")


def test_a_cut_file_gives_an_error_or_what_is_left(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, tone(8000), 8000, format="FLAC")
    whole = buffer.getvalue()
    for end in range(0, len(whole), 97):
        try:
            assert len(wav.decode_pcm(whole[:end], "x")) <= 2 * SAMPLE_RATE
        except AudioError as error:
            assert str(error).startswith("x: ")


def test_too_long_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.wav"
    wav.write_wav(path, bytes(2 * SAMPLE_RATE * 3))
    with pytest.raises(AudioError, match=r"long\.wav: longer than 2 s"):
        wav.read_pcm(path, max_seconds=2)
    monkeypatch.setattr(wav, "MAX_FILE_BYTES", 1000)
    with pytest.raises(AudioError, match="at most 1000"):
        wav.read_pcm(path)


def test_no_speech_recording(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "slow.wav", np.zeros(100), 500)
    with pytest.raises(AudioError, match="500 Hz"):
        wav.read_pcm(tmp_path / "slow.wav")


def test_unwritable_place_is_named_and_left_clean(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be written"):
        wav.write_wav(tmp_path / "nowhere" / "a.wav", b"")


def test_human_recordings_are_read() -> None:
    for folder in ("digits-en", "mandarin-words", "mandarin-syllables"):
        files = sorted(path for path in (RECORDINGS / folder).glob("*") if path.suffix != ".md")
        if not files:
            pytest.skip(f"no recordings in ../shared/data/speech/{folder}")
        assert len(wav.read_pcm(files[0])) > 2 * 0.1 * SAMPLE_RATE
