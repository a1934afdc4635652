"""Taking over: what earlier versions kept in files of their own comes into the record, once."""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, func, insert, select

from ivr.errors import StoreError
from ivr.store.database import writing
from ivr.store.tables import absences, callbacks, callers

log = logging.getLogger(__name__)

IMPORTED = ".imported"
MAX_BYTES = 4 << 20
"""Of the file of absences."""

Rows = list[dict[str, Any]]


def take_over(engine: Engine, runs: Path) -> None:
    """Import callers.sqlite3, callbacks.sqlite3 and absences.json, and rename each when it is in.

    A table that holds something already is not added to: the file is left for a person to look at.

    Raises:
        StoreError: if a file cannot be read; nothing of it is taken then.
    """
    for name, table, read in (
        ("callers.sqlite3", callers, _from_sqlite("callers")),
        ("callbacks.sqlite3", callbacks, _from_sqlite("callbacks")),
        ("absences.json", absences, _absences),
    ):
        path = runs / name
        if not path.is_file():
            continue
        try:
            rows = read(path)
        except (OSError, ValueError, sqlite3.Error) as error:
            raise StoreError(
                f"{path}: cannot be taken over into the record ({error}): remove this file"
            ) from error
        with writing(engine) as db:
            taken = _put(db, table, rows)
        if taken:
            _rename(path)
            log.info("%s: %d entries taken over into the record", path.name, len(rows))
        else:
            log.warning("%s is left as it is: the record has its own %s", path, table.name)


def _put(db: Connection, table: Table, rows: Rows) -> bool:
    if rows and db.execute(select(func.count()).select_from(table)).scalar_one():
        return False
    for row in rows:
        kept = {name: value for name, value in row.items() if name in table.columns}
        if "annoyed" in kept:
            kept["annoyed"] = bool(kept["annoyed"])
        db.execute(insert(table).values(kept))
    if rows and "id" in table.columns and db.dialect.name == "postgresql":
        highest = max(row["id"] for row in rows)  # numbers go on from there
        db.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))
    return True


def _from_sqlite(table: str) -> Callable[[Path], Rows]:
    def read(path: Path) -> Rows:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(f"SELECT * FROM {table}")]

    return read


def _absences(path: Path) -> Rows:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("too large")
    found = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise ValueError("not a mapping")
    return [{"agent": str(name)[:80], "reason": str(why)[:60]} for name, why in found.items()]


def _rename(path: Path) -> None:
    for part in _parts(path):
        part.rename(part.with_name(part.name + IMPORTED))


def _parts(path: Path) -> Iterator[Path]:
    """The file and what SQLite keeps beside it; the file last, so that a stop between leaves it."""
    for ending in ("-wal", "-shm", ""):
        part = path.with_name(path.name + ending)
        if part.exists():
            yield part
