"""Exports: the same rows in every format, whole files only, and journals that can be read again."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from ivr.errors import StoreError
from ivr.store import export as exporting
from ivr.store.database import writing
from ivr.store.export import export_journals, export_tables
from ivr.store.history import Wanted
from ivr.store.journals import read_journal
from ivr.store.spool.recorder import Recorder
from ivr.store.tables import turns
from tests.store.records import BEGAN, call_contained, call_with_agent, spool


@pytest.fixture
def engine(record_engine: Engine, tmp_path: Path) -> Engine:
    for number in range(7):
        make = call_with_agent if number % 2 else call_contained
        spool(tmp_path / "journal", make(f"1.{number}", BEGAN + number))
    spool(tmp_path / "journal", call_contained("=1+1", BEGAN + 9))
    with Recorder(record_engine, tmp_path / "journal"):
        pass
    return record_engine


def read(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    import pyarrow.parquet

    found: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
    return found


def test_every_format_says_the_same(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 3)
    parts = ["visits", "waits", "turns", "events"]
    for kind in ("csv", "jsonl", "parquet"):
        files = export_tables(engine, Wanted(), parts, tmp_path / "out", kind)
        assert [file.rows for file in files] == [8, 14, 3, 16, 5 * 6 + 3 * 16]
        assert all(file.path.stat().st_mode & 0o777 == 0o600 for file in files)
    for name in ("calls", *parts):
        lines, table = (read(tmp_path / "out" / f"{name}.{kind}") for kind in ("jsonl", "parquet"))
        assert lines == table
        assert len(read(tmp_path / "out" / f"{name}.csv")) == len(lines)
    calls = read(tmp_path / "out" / "calls.csv")
    assert [one["call"] for one in calls] == ["'=1+1", *(f"1.{n}" for n in reversed(range(7)))]
    assert (calls[2]["agent"], calls[2]["contained"], calls[2]["waited"]) == ("chen", "0", "20.0")


def test_only_what_is_wanted(engine: Engine, tmp_path: Path) -> None:
    wanted = Wanted(since=BEGAN + 2, until=BEGAN + 4)
    (calls,) = export_tables(engine, wanted, [], tmp_path / "out", "jsonl")
    assert [one["call"] for one in read(calls.path)] == ["1.3", "1.2"]


def test_journals_can_be_read_again(engine: Engine, tmp_path: Path) -> None:
    assert export_journals(engine, Wanted(until=BEGAN + 2), tmp_path / "out") == 2
    assert read_journal(tmp_path / "out" / "1.1.jsonl") == call_with_agent("1.1", BEGAN + 1)


def test_no_cell_of_a_csv_is_a_formula(engine: Engine, tmp_path: Path) -> None:
    said = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "+86 10", "-5", "查 余额"]
    rows = [
        {"call": "1.1", "nth": 90 + n, "at": 0.0, "who": "caller", "node": "", "text": text}
        for n, text in enumerate(said)
    ]
    with writing(engine) as db:
        db.execute(insert(turns), rows)
    files = export_tables(engine, Wanted(), ["turns"], tmp_path / "out", "csv")
    written = [one["text"] for one in read(files[1].path) if int(one["nth"]) >= 90]
    assert written == [*(f"'{text}" for text in said[:5]), *said[5:]]


def test_a_folder_that_cannot_be_written(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        export_tables(engine, Wanted(), [], tmp_path / "file", "csv")
    with pytest.raises(StoreError, match="cannot be written"):
        export_journals(engine, Wanted(), tmp_path / "file")


def test_a_file_is_there_whole_or_not_at_all(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> list[dict[str, object]]:
        raise StoreError("the database went away")

    monkeypatch.setattr(exporting, "_rows", broken)
    with pytest.raises(StoreError, match="went away"):
        export_tables(engine, Wanted(), ["waits"], tmp_path / "out", "csv")
    assert list((tmp_path / "out").iterdir()) == []


def test_without_pyarrow(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(StoreError, match=r"pip install 'ivr\[report\]'"):
        export_tables(engine, Wanted(), [], tmp_path / "out", "parquet")
