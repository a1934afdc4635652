"""Journals on disk: one private file a call, closed with it; a full disk costs no calls."""

import json
import stat
from pathlib import Path

import pytest

from ivr.call import journal_files
from ivr.call.journal import Record
from ivr.call.journal_files import JournalFiles
from ivr.errors import StoreError


def record(call: str, kind: str = "KeyPressed", **data: object) -> Record:
    return {"at": 0.0, "call": call, "what": "event", "kind": kind, "data": data}


def lines(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_file_for_each_call(tmp_path: Path) -> None:
    with JournalFiles(tmp_path / "journal") as files:
        for call in ("1.1", "2.2"):
            files.write(record(call, text="挂失"))
            files.write(record(call, "CallEnded"))
        paths = [files.path_of(call) for call in ("1.1", "2.2")]
    for path in paths:
        assert [line["kind"] for line in lines(path)] == ["KeyPressed", "CallEnded"]
        assert "挂失" in path.read_text(encoding="utf-8")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "journal").stat().st_mode) == 0o700


def test_what_is_pending_is_written_before_the_end(tmp_path: Path) -> None:
    with JournalFiles(tmp_path) as files:
        for _ in range(5000):
            files.write(record("1.1"))
    assert len(lines(files.path_of("1.1"))) == 5000
    assert files.dropped == 0


def test_no_descriptor_is_kept_for_a_call_that_ended(tmp_path: Path) -> None:
    with JournalFiles(tmp_path) as files:
        for number in range(300):
            files.write(record(f"{number}.1"))
            files.write(record(f"{number}.1", "CallEnded"))
    assert files._files == {}


def test_a_call_journalled_before_is_continued(tmp_path: Path) -> None:
    for _ in range(2):
        with JournalFiles(tmp_path) as files:
            files.write(record("1.1"))
    assert len(lines(tmp_path / "1.1.jsonl")) == 2


def test_what_the_disk_refuses_is_counted(tmp_path: Path) -> None:
    (tmp_path / "1.1.jsonl").mkdir()
    with JournalFiles(tmp_path) as files:
        files.write(record("1.1"))
        files.write(record("2.2"))
    assert files.dropped == 1
    assert len(lines(tmp_path / "2.2.jsonl")) == 1


@pytest.mark.parametrize("odd", ["\udc80", object(), float])
def test_what_cannot_be_written_ends_no_journal(tmp_path: Path, odd: object) -> None:
    with JournalFiles(tmp_path) as files:
        files.write(record("1.1", odd=odd))
        files.write(record("1.1", "CallEnded"))
    assert lines(tmp_path / "1.1.jsonl")[-1]["kind"] == "CallEnded"


def test_a_disk_that_stands_still_costs_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_files, "MAX_PENDING", 10)
    files = JournalFiles(tmp_path)
    for _ in range(25):  # nobody writes yet: `write` returns all the same
        files.write(record("1.1"))
    assert files.dropped == 15


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot write journals to .*file"):
        JournalFiles(tmp_path / "file" / "journal").__enter__()
