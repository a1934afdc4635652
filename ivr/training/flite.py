"""Clips spoken by Flite's English voices: another synthesiser, from its Debian package."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import soundfile

from ivr.training.clips import Clip, at_8_khz
from ivr.training.lexicon import Lexicon, combined
from ivr.training.sentences import Random, english_writer
from ivr.training.vocabulary_lists import Vocabulary

VOICES = ("rms", "slt", "awb", "kal16")
_SECONDS = 20.0


class Flite:
    """The command `flite` in a folder where Debian's packages were unpacked (`debian.unpack`)."""

    def __init__(self, root: Path) -> None:
        self._command = root / "usr/bin/flite"
        libraries = [str(path) for path in root.glob("usr/lib/*-linux-gnu")]
        self._environment = os.environ | {"LD_LIBRARY_PATH": ":".join(libraries)}
        self._folder = tempfile.TemporaryDirectory(prefix="ivr-flite-")
        self.failures = 0

    def speak(self, text: str, voice: str, stretch: float, pitch: float) -> Path | None:
        """A WAV file that the next call overwrites; None where the command failed."""
        wav = Path(self._folder.name) / "speech.wav"
        command = [
            str(self._command), "-voice", voice, "--setf", f"duration_stretch={stretch:.2f}",
            "--setf", f"int_f0_target_mean={pitch:.0f}", "-t", text, "-o", str(wav),
        ]  # fmt: skip
        try:
            subprocess.run(
                command, env=self._environment, check=True, capture_output=True, timeout=_SECONDS
            )
        except (OSError, subprocess.SubprocessError):
            self.failures += 1
            return None
        return wav


def flite_clips(
    count: int, words: Vocabulary, lexicon: Lexicon, flite: Flite, random: Random
) -> Iterator[Clip]:
    """English utterances in every voice in turn; phone times are left to alignment."""
    writer = english_writer(words)
    for index in range(count):
        said = [word for word in writer.write(random) if word in lexicon]
        voice = VOICES[index % len(VOICES)]
        pitch = random.uniform(80, 150) if voice != "slt" else random.uniform(140, 220)
        wav = flite.speak(" ".join(said), voice, random.uniform(0.8, 1.35), pitch) if said else None
        if wav is None:
            continue
        samples, rate = soundfile.read(wav, dtype="int16")
        ways = tuple(combined(said, lexicon))
        yield Clip(at_8_khz(samples, rate), " ".join(said), ways, "flite", voice)
