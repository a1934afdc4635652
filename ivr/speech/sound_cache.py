"""Spoken audio kept by key: in memory for all, on disk for what belongs to no caller."""

import contextlib
import hashlib
import logging
import os
from collections import OrderedDict
from pathlib import Path

from ivr.speech.sound_files import write_whole

logger = logging.getLogger(__name__)

_MAGIC = b"IVRP1\n"
_DIGEST = 16
_SUFFIX = ".prompt"


class MemoryCache:
    """The most recently used sounds, up to `max_bytes` of them."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._sounds: OrderedDict[str, bytes] = OrderedDict()
        self.size = 0

    def __len__(self) -> int:
        return len(self._sounds)

    def get(self, key: str) -> bytes | None:
        pcm = self._sounds.get(key)
        if pcm is not None:
            self._sounds.move_to_end(key)
        return pcm

    def put(self, key: str, pcm: bytes) -> None:
        """Keep a sound; one larger than the whole cache is not kept."""
        self.size -= len(self._sounds.pop(key, b""))
        if len(pcm) > self._max_bytes:
            return
        self._sounds[key] = pcm
        self.size += len(pcm)
        while self.size > self._max_bytes:
            self.size -= len(self._sounds.popitem(last=False)[1])


class DiskCache:
    """Sounds in files named by their key, each with a digest that shows damage.

    Every method blocks for as long as the disk takes; call it from a thread. Faults of the disk
    are logged and look like an empty cache: a prompt can always be spoken again. Keys are
    hexadecimal. Several processes may share a folder.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._written = max_bytes

    def get(self, key: str) -> bytes | None:
        """A sound, or None; a damaged file is removed."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("prompt cache: cannot read %s: %s", path.name, error.strerror)
            return None
        head = len(_MAGIC) + _DIGEST
        pcm = content[head:]
        if content[:head] != _MAGIC + _digest(pcm):
            logger.warning("prompt cache: %s is damaged and will be made again", path.name)
            _remove(path)
            return None
        # A read-only cache still serves; it merely forgets what was used last.
        with contextlib.suppress(OSError):
            os.utime(path)
        return pcm

    def put(self, key: str, pcm: bytes) -> None:
        """Keep a sound, and remove the longest unused ones beyond the bound."""
        try:
            write_whole(self._path(key), _MAGIC + _digest(pcm) + pcm)
            self._written += len(pcm)
            # Looking through the folder at each write would be slow: a twentieth is slack.
            if self._written > self._max_bytes // 20:
                self._written = 0
                self._shrink()
        except OSError as error:
            logger.warning("prompt cache: cannot write: %s", error.strerror)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / (key + _SUFFIX)

    def _shrink(self) -> None:
        found = []
        for path in self._folder.glob(f"*/*{_SUFFIX}"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            found.append((status.st_mtime, status.st_size, path))
        size = sum(file_size for _, file_size, _ in found)
        for _, file_size, path in sorted(found):
            if size <= self._max_bytes:
                return
            _remove(path)
            size -= file_size


def _digest(pcm: bytes) -> bytes:
    return hashlib.blake2b(pcm, digest_size=_DIGEST).digest()


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("prompt cache: cannot remove %s: %s", path.name, error.strerror)
