"""Releases: published sets of flows on disk, immutable and named by their content.

<folder>/<name>/versions/<id>/<name>/...   the flow files of one version, never changed
<folder>/<name>/versions/<id>/release.json their digests, and when they were published
<folder>/<name>/current                    a link to the version in force
<folder>/<name>/history.jsonl              what was put in force, and when
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ivr.errors import StoreError
from ivr.flow.library import INTENTS, flow_texts, intent_file, load_book
from ivr.flow.model import FlowBook

MANIFEST = "release.json"
CURRENT = "current"
HISTORY = "history.jsonl"
MAX_MANIFEST_BYTES = 1_000_000
READ_ONLY = 0o444


@dataclass(frozen=True, slots=True)
class Release:
    """One published version. `path` is what `load_book` reads; `id` is its `FlowBook.version`."""

    id: str
    path: Path
    at: str
    files: Mapping[str, str]

    @property
    def folder(self) -> Path:
        return self.path.parent


@dataclass(frozen=True, slots=True)
class Entry:
    """A version was put in force. `action` is publish or rollback."""

    at: str
    action: str
    id: str
    note: str = ""


class Releases:
    """The versions of the flows called `name`.

    Every method raises StoreError if the disk does not let it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder / name
        self._versions = self.folder / "versions"

    # -- looking -------------------------------------------------------------------------------

    @property
    def current_id(self) -> str:
        """The version in force, or nothing; one system call, to be asked each second."""
        try:
            return (self.folder / CURRENT).readlink().name
        except OSError:
            return ""

    @property
    def current(self) -> Release | None:
        found = self.current_id
        return self.get(found) if found else None

    def all(self) -> tuple[Release, ...]:
        """Every version, the oldest first."""
        if not self._versions.is_dir():
            return ()
        names = [one.name for one in self._versions.iterdir() if not one.name.startswith(".")]
        return tuple(sorted((self.get(name) for name in names), key=lambda one: (one.at, one.id)))

    def get(self, id_: str) -> Release:
        """The version of that id. Raises StoreError if there is none."""
        folder = self._versions / id_
        try:
            if (folder / MANIFEST).stat().st_size > MAX_MANIFEST_BYTES:
                raise StoreError(f"{folder / MANIFEST}: too large to be ours")
            found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return Release(id_, folder / found["path"], found["at"], dict(found["files"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(f"{folder}: no published version, or a damaged one") from error

    def find(self, start: str) -> Release:
        """The version whose id begins so. Raises StoreError if none or several do."""
        found = [release for release in self.all() if start and release.id.startswith(start)]
        if len(found) != 1:
            which = "no version" if not found else f"more than one version ({len(found)})"
            raise StoreError(f"{which} of {self.name} begins with {start!r}; see `ivr versions`")
        return found[0]

    def history(self) -> tuple[Entry, ...]:
        """What was put in force, the oldest first."""
        try:
            lines = (self.folder / HISTORY).read_text(encoding="utf-8").splitlines()
            return tuple(Entry(**json.loads(line)) for line in lines if line.strip())
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, TypeError) as error:
            raise StoreError(f"{self.folder / HISTORY}: cannot be read: {error}") from error

    def load(self, release: Release) -> FlowBook:
        """The flows of a version, which must be what was published.

        Raises:
            StoreError: if a file was changed, added or removed since.
            FlowError: if this program cannot read them any more.
        """
        if _digests(release.path, release.folder) != release.files:
            raise StoreError(
                f"version {release.id} was changed after it was published; publish again"
            )
        return load_book(release.path)

    # -- changing ------------------------------------------------------------------------------

    def publish(self, draft: Path, note: str = "") -> Release:
        """Keep the flows of `draft` as a version and put it in force, in one step.

        Raises:
            FlowError: if they have an error; nothing is changed then.
        """
        book = load_book(draft)
        texts = flow_texts(draft)
        try:
            release = self._kept(book.version) or self._keep(book, draft, texts)
        except OSError as error:
            raise StoreError(f"{self._versions}: cannot be written: {error}") from error
        self._put_in_force(release, "publish", note)
        return release

    def rollback(self, start: str = "", note: str = "") -> Release:
        """Put an earlier version in force: the one before this, or the one whose id begins so."""
        if start:
            release = self.find(start)
        else:
            line = self._line()
            if len(line) < 2:
                raise StoreError(f"there is no version of {self.name} before this one")
            release = self.get(line[-2])
        self.load(release)
        self._put_in_force(release, "rollback", note)
        return release

    def _line(self) -> list[str]:
        """The versions one behind the other; what was rolled back is off the line."""
        line: list[str] = []
        for entry in self.history():
            if entry.action == "rollback" and entry.id in line:
                del line[len(line) - line[::-1].index(entry.id) :]
            elif not line or line[-1] != entry.id:
                line.append(entry.id)
        return line

    def _kept(self, id_: str) -> Release | None:
        return self.get(id_) if (self._versions / id_ / MANIFEST).is_file() else None

    def _keep(self, book: FlowBook, draft: Path, texts: Mapping[str, str]) -> Release:
        id_, intents = book.version, book.intents
        self._versions.mkdir(parents=True, exist_ok=True)
        making = self._versions / f".{id_}.{secrets.token_hex(4)}"
        inside = self.name if draft.is_dir() else draft.name
        try:
            for file, text in texts.items():
                relative = Path(file).relative_to(draft) if draft.is_dir() else Path()
                target = making / inside / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8", newline="")
                target.chmod(READ_ONLY)
            if intents is not None:
                kept = (making / inside if draft.is_dir() else making) / INTENTS
                kept.write_bytes(intents.data)
                kept.chmod(READ_ONLY)
            files = _digests(making / inside, making)
            manifest = {"path": inside, "at": _now(), "files": files}
            (making / MANIFEST).write_text(json.dumps(manifest, indent=2), encoding="utf-8")
            (making / MANIFEST).chmod(READ_ONLY)
            making.rename(self._versions / id_)
        except FileExistsError:  # somebody published the same just now
            pass
        finally:
            shutil.rmtree(making, ignore_errors=True)
        return self.get(id_)

    def _put_in_force(self, release: Release, action: str, note: str) -> None:
        link = self.folder / f".{CURRENT}.{secrets.token_hex(4)}"
        entry: dict[str, Any] = {
            "at": _now(), "action": action, "id": release.id, "note": " ".join(note.split()),
        }  # fmt: skip
        try:
            link.symlink_to(Path("versions") / release.id)
            link.replace(self.folder / CURRENT)
            with (self.folder / HISTORY).open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        except OSError as error:
            link.unlink(missing_ok=True)
            raise StoreError(f"{self.folder}: cannot be written: {error}") from error


def _digests(path: Path, root: Path) -> dict[str, str]:
    """A digest of each file of a version, by its path from `root`. Raises FlowError."""
    contents = {file: text.encode() for file, text in flow_texts(path).items()}
    intents = intent_file(path)
    if intents is not None:
        contents[intents.file] = intents.data
    return {
        Path(file).relative_to(root).as_posix(): hashlib.sha256(content).hexdigest()
        for file, content in sorted(contents.items())
    }


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")
