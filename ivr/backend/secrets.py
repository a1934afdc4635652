"""Secrets: what lookups send in headers, from the environment or a file only its owner reads."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from ivr.errors import SettingsError

PREFIX = "IVR_SECRET_"
"""The secret CRM_TOKEN comes from the variable IVR_SECRET_CRM_TOKEN, if it is set."""

MAX_FILE_BYTES = 64 * 1024
MAX_SECRET_CHARACTERS = 4096


class Secrets:
    """Secrets by name. They are shown by none of our messages; `repr` holds names only."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def get(self, name: str) -> str | None:
        return self._values.get(name)

    def __repr__(self) -> str:
        return f"Secrets({', '.join(sorted(self._values)) or 'none'})"


def load_secrets(file: Path, environment: Mapping[str, str] = os.environ) -> Secrets:
    """The `name = "value"` lines of a TOML file, if there is one; the environment wins.

    Raises:
        SettingsError: if the file is not one, is readable by others, or a secret cannot be sent.
    """
    found = _read(file) if file.exists() else {}
    for name, value in environment.items():
        if name.startswith(PREFIX) and len(name) > len(PREFIX):
            found[name.removeprefix(PREFIX)] = value
    for name, value in found.items():
        if not value or len(value) > MAX_SECRET_CHARACTERS or not value.isprintable():
            raise SettingsError(
                f"secret {name} is no single line of 1 to {MAX_SECRET_CHARACTERS} characters"
            )
    return Secrets(found)


def _read(file: Path) -> dict[str, str]:
    try:
        status = file.stat()
        if status.st_mode & 0o077:
            raise SettingsError(f"{file}: others can read it: run `chmod 600 {file}`")
        if status.st_size > MAX_FILE_BYTES:
            raise SettingsError(f"{file}: larger than {MAX_FILE_BYTES} bytes: no file of secrets")
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Their text may hold a part of a secret.
        raise SettingsError(f'{file}: not valid TOML; write NAME = "value" lines') from None
    for name, value in table.items():
        if not isinstance(value, str):
            raise SettingsError(f'{file}: {name} is a text: write {name} = "value"')
    return table
