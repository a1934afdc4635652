"""Sheets: files of rows, written one batch after the other: CSV, JSON Lines or Parquet."""

import csv
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from sqlalchemy import Boolean, Column, Float, Integer

from ivr.errors import StoreError

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![0-9 .]*\Z)")
"""What a spreadsheet would take for a formula, were it to begin a cell; a number with a sign is
none."""

Row = Mapping[str, Any]


class Sheet(Protocol):
    """Rows of the same columns on their way into a file."""

    def write(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> None: ...


class SheetFile:
    """A context manager: the file appears under its name when it is whole, or not at all.

    Raises:
        StoreError: if it cannot be written, or Parquet is wanted and pyarrow is not there.
    """

    def __init__(self, path: Path, columns: Sequence[Column[Any]], kind: str) -> None:
        self.path = path
        self.rows = 0
        self._draft = path.with_name(f".{path.name}.partial")
        self._columns = columns
        self._kind = kind
        self._sheet: Sheet | None = None

    def __enter__(self) -> Self:
        makers: dict[str, Callable[[Path, Sequence[Column[Any]]], Sheet]] = {
            "csv": _Csv,
            "jsonl": _JsonLines,
            "parquet": _Parquet,
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            self._sheet = makers[self._kind](self._draft, self._columns)
        except OSError as error:
            raise self._failed(error) from error
        except ImportError as error:
            self._draft.unlink(missing_ok=True)
            raise StoreError("Parquet files need pyarrow: pip install 'ivr[report]'") from error
        return self

    def write(self, rows: Sequence[Row]) -> None:
        assert self._sheet is not None, "use `with`"
        try:
            self._sheet.write(rows)
        except OSError as error:
            raise self._failed(error) from error
        self.rows += len(rows)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._sheet is not None:
                self._sheet.close()
            if kind is None:
                self._draft.replace(self.path)
        except OSError as failed:
            raise self._failed(failed) from failed
        finally:
            self._draft.unlink(missing_ok=True)

    def _failed(self, error: OSError) -> StoreError:
        return StoreError(f"{self.path}: cannot be written: {error.strerror}")


class _Csv:
    def __init__(self, path: Path, columns: Sequence[Column[Any]]) -> None:
        self._names = [column.name for column in columns]
        self._file: IO[str] = path.open("w", encoding="utf-8", newline="")
        self._table = csv.writer(self._file)
        self._table.writerow(self._names)

    def write(self, rows: Sequence[Row]) -> None:
        self._table.writerows([_cell(row[name]) for name in self._names] for row in rows)

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path, columns: Sequence[Column[Any]]) -> None:
        self._names = [column.name for column in columns]
        self._file: IO[str] = path.open("w", encoding="utf-8")

    def write(self, rows: Sequence[Row]) -> None:
        for row in rows:
            fields = {name: row[name] for name in self._names}
            self._file.write(json.dumps(fields, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self._file.close()


class _Parquet:
    def __init__(self, path: Path, columns: Sequence[Column[Any]]) -> None:
        import pyarrow
        import pyarrow.parquet

        self._arrow = pyarrow
        self._schema = pyarrow.schema([(c.name, self._kind_of(c)) for c in columns])
        self._file = pyarrow.parquet.ParquetWriter(path, self._schema, compression="zstd")

    def _kind_of(self, column: Column[Any]) -> Any:
        for kind, arrow in (
            (Boolean, self._arrow.bool_()),
            (Integer, self._arrow.int64()),
            (Float, self._arrow.float64()),
        ):
            if isinstance(column.type, kind):
                return arrow
        return self._arrow.string()

    def write(self, rows: Sequence[Row]) -> None:
        if rows:
            plain = [dict(row) for row in rows]
            self._file.write_table(self._arrow.Table.from_pylist(plain, schema=self._schema))

    def close(self) -> None:
        self._file.close()


def _cell(value: object) -> object:
    """Truth as 1 and 0, milliseconds and no less, and no cell that a spreadsheet would run."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return value
