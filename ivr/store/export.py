"""Export: calls and what happened in them, as files; a page of calls at a time in memory."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Engine, Table, select

from ivr.call.journal_files import SUFFIX
from ivr.errors import StoreError
from ivr.store.database import reading
from ivr.store.history import History, Wanted
from ivr.store.journal_rows import as_record, whole, whole_records
from ivr.store.sheets import SheetFile
from ivr.store.tables import calls, records, turns, visits, waits

PARTS = {"visits": visits, "waits": waits, "turns": turns, "events": records}
"""What may be exported beside the calls; turns and events hold what was said."""
PAGE = 200
"""Calls read at a time; their records fit in memory."""

Progress = Callable[[int], None]


def export_tables(
    engine: Engine,
    wanted: Wanted,
    parts: list[str],
    folder: Path,
    kind: str,
    progress: Progress = lambda calls: None,
) -> list[SheetFile]:
    """Write calls (as a CDR) and `parts` (as a CEL) as FOLDER/NAME.KIND; the newest call first.

    Gives the files, which know their number of rows.

    Raises:
        StoreError: if the record cannot be read or a file cannot be written.
    """
    done = 0
    with ExitStack() as stack:
        main = stack.enter_context(SheetFile(folder / f"calls.{kind}", list(calls.columns), kind))
        sheets = {
            name: stack.enter_context(SheetFile(folder / f"{name}.{kind}", _columns(name), kind))
            for name in parts
        }
        for ids in _pages(engine, wanted):
            main.write(_rows(engine, calls, ids))
            for name, sheet in sheets.items():
                sheet.write(_rows(engine, PARTS[name], ids))
            done += len(ids)
            progress(done)
        return [main, *sheets.values()]


def export_journals(
    engine: Engine, wanted: Wanted, folder: Path, progress: Progress = lambda calls: None
) -> int:
    """Write each call's records as FOLDER/CALL.jsonl, as `ivr replay` and `ivr whatif` read them.

    Gives the number of calls that have records still; raises as `export_tables` does.
    """
    done = 0
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for ids in _pages(engine, wanted):
            lines: dict[str, list[str]] = {}
            for row in _rows(engine, records, ids):
                line = json.dumps(as_record(row), ensure_ascii=False) + "\n"
                lines.setdefault(str(row["call"]), []).append(line)
            for call, written in lines.items():
                _write_private(folder / f"{call.replace('/', '_')}{SUFFIX}", "".join(written))
            done += len(lines)
            progress(done)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written: {error.strerror}") from error
    return done


def _columns(name: str) -> list[Column[Any]]:
    """Of a part's file; grammars stand in `data` there."""
    return [column for column in PARTS[name].columns if column is not records.c.grammar]


def _pages(engine: Engine, wanted: Wanted) -> Iterator[list[str]]:
    history, cursor = History(engine), ""
    while True:
        page = history.calls(wanted, PAGE, cursor)
        if page.calls:
            yield [call.call for call in page.calls]
        if not (cursor := page.following):
            return


def _rows(engine: Engine, table: Table, ids: list[str]) -> list[dict[str, object]]:
    """The rows of these calls, in the order of `ids`, and in theirs within a call."""
    places = {call: place for place, call in enumerate(ids)}
    keys = list(table.primary_key.columns)
    with reading(engine) as db:
        query = (whole_records() if table is records else select(table)).order_by(*keys)
        rows = db.execute(query.where(table.c.call.in_(ids))).mappings()
        found = whole(rows) if table is records else [dict(row) for row in rows]
    return sorted(found, key=lambda row: places[str(row["call"])])


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(text)
