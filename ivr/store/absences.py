"""Absences: which agents take no calls and why, kept in one small file over restarts."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from ivr.errors import StoreError

MAX_BYTES = 4 << 20
MAX_REASON = 60


class AbsencesFile:
    """Agent name -> reason, as JSON. Readable by its owner only; replaced as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> dict[str, str]:
        """What was kept; nothing if there is no file.

        Raises:
            StoreError: if the file cannot be read or holds something else.
        """
        try:
            if not self.path.exists():
                return {}
            if self.path.stat().st_size > MAX_BYTES:
                raise ValueError("too large")
            found = json.loads(self.path.read_text(encoding="utf-8"))
            if not isinstance(found, dict):
                raise ValueError("not a mapping")
            return {str(name): str(reason)[:MAX_REASON] for name, reason in found.items()}
        except (OSError, ValueError) as error:
            raise StoreError(
                f"{self.path}: who is away cannot be read ({error}): remove this file"
            ) from error

    def save(self, absences: Mapping[str, str]) -> None:
        """Write it anew.

        Raises:
            StoreError: if it cannot be written; the old file then stays.
        """
        draft = self.path.with_name(f".{self.path.name}-{secrets.token_hex(4)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(dict(absences), file, ensure_ascii=False, indent=2)
            draft.replace(self.path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise StoreError(f"{self.path}: who is away cannot be kept: {error}") from error
