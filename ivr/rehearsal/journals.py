"""Journals that a command is about: calls by id, files of JSON lines, folders of such files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ivr.call.journal import Record
from ivr.call.journal_files import SUFFIX
from ivr.errors import SettingsError
from ivr.store.journals import Journals, is_file, read_journal

MAX_CALLS = 100_000


@dataclass(frozen=True, slots=True)
class Journal:
    """One call's journal, not read yet; `read` raises StoreError if it cannot be."""

    call: str
    read: Callable[[], list[Record]]


def find_journals(wanted: Iterable[str], journals: Journals) -> list[Journal]:
    """The journals of calls named by id, by file, or by the folder they lie in; all if none is.

    Raises:
        SettingsError: if there is no such call or folder, or nothing in it.
        StoreError: if the record cannot be read.
    """
    names = list(wanted)
    found: list[Journal] = []
    for name in names:
        path = Path(name)
        if is_file(path):
            found.append(_in_file(path))
        elif journals.has(name):
            found.append(Journal(name, partial(journals.of, name)))
        elif _is_folder(path):
            inside = sorted(path.glob(f"*{SUFFIX}"))
            if not inside:
                raise SettingsError(f"{path}: no journal (*{SUFFIX}) here")
            found += map(_in_file, inside)
        else:
            raise SettingsError(f"{name}: no such call in the record, and no such file or folder")
    if not names:
        found = [Journal(call, partial(journals.of, call)) for call in journals.ids()]
        if not found:
            raise SettingsError("there are no calls in the record yet")
    if len(found) > MAX_CALLS:
        raise SettingsError(f"more than {MAX_CALLS} calls; name fewer, or a folder of them")
    return found


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _in_file(path: Path) -> Journal:
    return Journal(path.stem, partial(read_journal, path))
