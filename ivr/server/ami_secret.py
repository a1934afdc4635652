"""Secrets made once and kept: the AMI's, so that Asterisk and a server started apart agree."""

import contextlib
import os
import secrets
from pathlib import Path

from ivr.errors import SettingsError

SECRET_FILE = "ami-secret"
CALLERS_KEY = "callers-key"
"""What callers' numbers are hashed with."""


def kept_secret(folder: Path, file: str = SECRET_FILE) -> str:
    """The secret in a file of `folder`, made on first use and readable by its owner only.

    Raises:
        SettingsError: if it cannot be read or kept.
    """
    path = folder / file
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make(path)
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this secret cannot be kept: {error}") from error
    if not secret:
        raise SettingsError(f"{path}: this secret is empty: remove this file")
    return secret


def _make(path: Path) -> None:
    """Two processes may come here at once: a link appears whole, and for the first one only."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24) + "\n")
    try:
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
