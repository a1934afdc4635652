"""The folder of prompts: which sound file belongs to a prompt, and whose work it is.

A file that the manifest of its language names, with the same content, is a synthesis of ours and
counts only while the text is the same. Every other file is somebody's recording and always wins.
"""

import hashlib
import json
import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ivr.errors import SettingsError
from ivr.flow.prompt import PromptSegment
from ivr.speech.sound_files import write_whole

logger = logging.getLogger(__name__)

MANIFEST = "manifest.json"
MAX_MANIFEST = 16 << 20
MAX_NAME = 120

_NAME = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Origin(StrEnum):
    """Whose work a prompt's sound file is."""

    RECORDING = "recording"
    SYNTHESIS = "synthesis"
    OUTDATED = "outdated"
    """A synthesis of an earlier text: not played, rendered again by the next build."""

    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PromptFile:
    """Where a prompt's sound is or would be. `stamp` changes whenever the file does."""

    path: Path
    origin: Origin
    stamp: str = ""
    voice: str = ""

    @property
    def playable(self) -> bool:
        return self.origin in (Origin.RECORDING, Origin.SYNTHESIS)


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """What was synthesised: the text, who spoke it, and the digest of the file written."""

    text: str
    voice: str
    digest: str


def file_name(segment: PromptSegment) -> str:
    """The name of a segment's sound file, without language or suffix.

    Raises:
        SettingsError: if the segment's recording or language cannot name a file.
    """
    if not _LANGUAGE.fullmatch(segment.language):
        raise SettingsError(f"{segment.language!r} is no language tag; write zh, en or zh-CN")
    if not segment.recording:
        return "text-" + digest_of(f"{segment.language}\0{segment.text}".encode())[:16]
    if len(segment.recording) > MAX_NAME or not _NAME.fullmatch(segment.recording):
        raise SettingsError(
            f"a recording cannot be named {segment.recording!r}; use letters, digits, '-', '_', "
            f"'.' and '/', at most {MAX_NAME}, and no name that begins with a dot"
        )
    return segment.recording


def digest_of(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


class PromptFolder:
    """`audio_prompts/`: `<language>/<name>.wav` and a manifest a language.

    Threads may share one. Methods block for as long as the disk takes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._manifests: dict[str, tuple[str, dict[str, ManifestEntry]]] = {}
        self._digests: dict[Path, tuple[str, str]] = {}

    def find(self, segment: PromptSegment) -> PromptFile:
        """The sound file of a segment. What cannot have one is MISSING."""
        try:
            name = file_name(segment)
        except SettingsError as error:
            logger.warning("no sound file: %s", error)
            return PromptFile(self.folder, Origin.MISSING)
        path = self._path(segment.language, name)
        stamp = _stamp(path)
        if not stamp or segment.private:
            return PromptFile(path, Origin.MISSING)
        entry = self.manifest(segment.language).get(name)
        if entry is None or entry.digest != self._digest(path, stamp):
            return PromptFile(path, Origin.RECORDING, stamp)
        fresh = entry.text == segment.text
        return PromptFile(path, Origin.SYNTHESIS if fresh else Origin.OUTDATED, stamp, entry.voice)

    def write_synthesis(self, segment: PromptSegment, wav: bytes, voice: str) -> Path:
        """Put a synthesis where `find` finds it.

        Raises:
            SettingsError: if the segment is private, badly named, or has a recording.
            OSError: if the disk refuses.
        """
        found = self.find(segment)
        if segment.private or found.origin is Origin.RECORDING:
            raise SettingsError(f"{found.path}: a recording, which a synthesis never replaces")
        name = file_name(segment)
        path = self._path(segment.language, name)
        entry = ManifestEntry(segment.text, voice, digest_of(wav))
        # The old file goes first and the new one comes last: stopped anywhere in between, there
        # is never a file that differs from its entry and so passes for a recording.
        path.unlink(missing_ok=True)
        with self._lock:
            self._save(segment.language, dict(self._load(segment.language)) | {name: entry})
        write_whole(path, wav)
        return path

    def manifest(self, language: str) -> Mapping[str, ManifestEntry]:
        """What was synthesised in a language; empty where nothing was or it is unreadable."""
        with self._lock:
            return self._load(language)

    def _path(self, language: str, name: str) -> Path:
        return self.folder / language / f"{name}.wav"

    def _digest(self, path: Path, stamp: str) -> str:
        with self._lock:
            known = self._digests.get(path)
        if known and known[0] == stamp:
            return known[1]
        try:
            digest = digest_of(path.read_bytes())
        except OSError:
            return ""
        with self._lock:
            self._digests[path] = (stamp, digest)
        return digest

    def _load(self, language: str) -> dict[str, ManifestEntry]:
        path = self.folder / language / MANIFEST
        stamp = _stamp(path)
        known = self._manifests.get(language)
        if known and known[0] == stamp:
            return known[1]
        entries = _read_manifest(path) if stamp else {}
        self._manifests[language] = (stamp, entries)
        return entries

    def _save(self, language: str, entries: dict[str, ManifestEntry]) -> None:
        path = self.folder / language / MANIFEST
        prompts = {name: asdict(entries[name]) for name in sorted(entries)}
        text = json.dumps({"format": 1, "prompts": prompts}, ensure_ascii=False, indent=1)
        write_whole(path, (text + "\n").encode())
        self._manifests[language] = (_stamp(path), entries)


def _stamp(path: Path) -> str:
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_ino}.{status.st_mtime_ns}.{status.st_size}"


def _read_manifest(path: Path) -> dict[str, ManifestEntry]:
    try:
        if path.stat().st_size > MAX_MANIFEST:
            raise ValueError("too large")
        prompts: dict[str, Any] = json.loads(path.read_bytes())["prompts"]
        return {
            name: ManifestEntry(str(one["text"]), str(one["voice"]), str(one["digest"]))
            for name, one in prompts.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logger.warning("%s: unreadable, every sound file counts as a recording (%s)", path, error)
        return {}
