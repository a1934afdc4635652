"""Journals: reads calls back from the JSON lines that the server wrote."""

import json
from collections.abc import Iterable
from pathlib import Path

from ivr.call.journal import Record
from ivr.errors import SettingsError, StoreError

SUFFIX = ".jsonl"
MAX_BYTES = 64 << 20
MAX_CALLS = 100_000


def find_journals(wanted: Iterable[str], folder: Path) -> list[Path]:
    """The files of calls named by id (in `folder`), by file, or by the folder they lie in.

    Raises:
        SettingsError: if there is no such call or folder, or nothing in it.
    """
    found: list[Path] = []
    for name in wanted:
        path = Path(name)
        own = folder / f"{name}{SUFFIX}"
        if path.is_dir():
            inside = sorted(path.glob(f"*{SUFFIX}"))
            if not inside:
                raise SettingsError(f"{path}: no journal (*{SUFFIX}) here")
            found += inside
        elif path.is_file():
            found.append(path)
        elif own.is_file() and own.parent == folder:
            found.append(own)
        else:
            raise SettingsError(f"{name}: no such call, file or folder; journals lie in {folder}")
    if len(found) > MAX_CALLS:
        raise SettingsError(f"more than {MAX_CALLS} calls; name a smaller folder")
    return found


def read_journal(path: Path) -> list[Record]:
    """The records of one call, in order; a last line that was cut off is left out.

    Raises:
        StoreError: if this is no journal.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise StoreError(f"{path}: larger than {MAX_BYTES} bytes: no journal of one call")
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: cannot be read: {error}") from error
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
            if not {"at", "what", "kind", "data"} <= record.keys():
                raise ValueError("not a record")
        except (ValueError, AttributeError) as error:
            if number == len(lines):
                break
            raise StoreError(f"{path}:{number}: no record of a call") from error
        records.append(record)
    return records
