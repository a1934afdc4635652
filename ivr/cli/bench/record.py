"""`ivr bench record`: whether calls notice the disk, and how fast records are taken in."""

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ivr.audio.frames import FRAME_BYTES, FRAME_SECONDS, AudioFrame
from ivr.call.journal import Record
from ivr.call.journal_files import JournalFiles
from ivr.call.player import Player
from ivr.flow.prompt import PromptSegment

if TYPE_CHECKING:
    from sqlalchemy import Engine

RECORDS_A_SECOND = 10
"""Of each call: a lively talk writes three or four."""
PHRASES = 150
"""In the grammar of a Listen record, which is the largest there is."""
LOCK = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
time.sleep(600)
"""


def bench_record(
    calls: Annotated[int, typer.Option(min=1, max=200, help="Calls that talk.")] = 30,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="For each case.")] = 6.0,
    records: Annotated[
        int, typer.Option(min=1000, max=1_000_000, help="Records of the throughput.")
    ] = 30_000,
    postgres: Annotated[
        str, typer.Option(help="URL of an empty PostgreSQL database to measure too.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Measure the pace of 20 ms frames while the disk stands still, and records a second.

    While calls hear a prompt and journal ten records a second each, another process locks the
    database, or every write to the spool is blocked. The last case writes on the event loop
    instead, to show that this measurement would see it.
    """
    screen = Console(stderr=True, highlight=False)
    cases = {"quiet": _quiet, "database locked": _locked, "spool blocked": _blocked}
    pace: dict[str, Any] = {}
    with screen.status("") as status:
        for name, case in cases.items():
            status.update(f"frames: {name}")
            pace[name] = _paced(calls, seconds, case)
        status.update("frames: written on the event loop")
        pace["on the event loop"] = _paced(calls, seconds, _on_the_loop)
        speed = {}
        for url in ("", *([postgres] if postgres else [])):
            name = "postgresql" if url else "sqlite"
            status.update(f"records into {name}")
            speed[name] = _throughput(url, records)
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}",
        "calls": calls,
        "frames": pace,
        "records_per_second": speed,
    }
    if as_json:
        print(json.dumps(result, indent=2))
    else:
        _show(result)


# -- the pace of frames ----------------------------------------------------------------------------


class _Ear:
    """An AudioLink that notes when frames come."""

    def __init__(self) -> None:
        self.times: list[float] = []

    async def receive(self) -> AudioFrame | str | None:
        return None

    def send(self, frame: AudioFrame) -> None:
        self.times.append(time.perf_counter())

    async def close(self) -> None:
        pass


class _LongPrompt:
    def __init__(self, seconds: float) -> None:
        self._sound = b"\x01\x00" * int((seconds + 5) / FRAME_SECONDS * FRAME_BYTES / 2)

    async def fetch(self, segment: PromptSegment) -> bytes:
        return self._sound


class _Gate(JournalFiles):
    """A spool whose writes stand still while the gate is shut, as on a disk that does not answer.

    A thread that waits here holds nothing others need, as one that waits in write(2).
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.gate = threading.Event()
        self.gate.set()

    def _append(self, record: Record) -> None:
        self.gate.wait()
        super()._append(record)


class _OnTheLoop(_Gate):
    """What this server does not do: the call itself waits until its record is on disk."""

    def write(self, record: Record) -> None:
        if not self.gate.is_set():
            self.gate.wait()
        self._append(record)


Trouble = Callable[[Path, _Gate], AbstractContextManager[None]]


@contextmanager
def _quiet(database: Path, spool: _Gate) -> Iterator[None]:
    yield


@contextmanager
def _locked(database: Path, spool: _Gate) -> Iterator[None]:
    """Another process holds the database's lock."""
    other = subprocess.Popen([sys.executable, "-c", LOCK, database], stdout=subprocess.PIPE)
    assert other.stdout is not None
    other.stdout.readline()
    try:
        yield
    finally:
        other.kill()
        other.wait()
        other.stdout.close()


@contextmanager
def _blocked(database: Path, spool: _Gate) -> Iterator[None]:
    """No write to the spool comes back."""
    spool.gate.clear()
    try:
        yield
    finally:
        spool.gate.set()


@contextmanager
def _on_the_loop(database: Path, spool: _Gate) -> Iterator[None]:
    """The same for a quarter of a second."""
    spool.gate.clear()
    timer = threading.Timer(0.25, spool.gate.set)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def _paced(calls: int, seconds: float, trouble: Trouble) -> dict[str, float]:
    from ivr.store.database import default_url, open_database
    from ivr.store.spool.recorder import Recorder

    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        folder = Path(name)
        url = default_url(folder)
        engine = open_database(url)
        kind = _OnTheLoop if trouble is _on_the_loop else _Gate
        spool = kind(folder / "journal")
        with Recorder(engine, spool.folder, going=spool.going), spool:
            times = asyncio.run(_talk(calls, seconds, spool, trouble, folder / "record.sqlite3"))
        engine.dispose()
        lost = spool.dropped
    late = sorted(
        max(after - before - FRAME_SECONDS, 0.0) * 1000
        for one in times
        for before, after in pairwise(one)
    )
    return {
        "frames": len(late),
        "p50_ms": round(late[len(late) // 2], 2),
        "p99_ms": round(late[int(len(late) * 0.99)], 2),
        "max_ms": round(late[-1], 2),
        "records_dropped": lost,
    }


async def _talk(
    calls: int, seconds: float, spool: _Gate, trouble: Trouble, database: Path
) -> list[list[float]]:
    prompt = _LongPrompt(seconds)
    ears = [_Ear() for _ in range(calls)]
    players = [Player(ear, prompt, lambda event: None) for ear in ears]
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(player.run()) for player in players]
        for player in players:
            player.play(1, (PromptSegment("x", "zh"),))
        await asyncio.sleep(0.5)  # the prompts have begun
        journals = [tasks.create_task(_journal(f"1.{number}", spool)) for number in range(calls)]
        block = trouble(database, spool)
        starts = [len(ear.times) for ear in ears]
        await asyncio.to_thread(block.__enter__)
        await asyncio.sleep(seconds)
        found = [ear.times[start:] for ear, start in zip(ears, starts, strict=True)]
        await asyncio.to_thread(block.__exit__, None, None, None)
        for task in (*journals, *running):
            task.cancel()
    return found


async def _journal(call: str, spool: JournalFiles) -> None:
    number = 0
    while True:
        spool.write(made_up(call, number))
        number += 1
        await asyncio.sleep(1 / RECORDS_A_SECOND)


def made_up(call: str, number: int) -> Record:
    """A record as they come: every tenth is a Listen with its grammar, the others are small."""
    data: dict[str, Any] = {"serial": number, "text": "您好, 请问有什么可以帮您?"}
    kind = "Explain"
    if number % 10 == 0:
        phrases = [f"我想查一下余额 {phrase}" for phrase in range(PHRASES)]
        kind, data = "Listen", {"grammar": {"language": "zh", "phrases": phrases}}
    return {"at": number / 10, "call": call, "what": "action", "kind": kind, "data": data}


# -- records a second ------------------------------------------------------------------------------


def _throughput(url: str, records: int) -> float:
    """Records of finished calls, 60 each, that lie in the spool: how many a second go in."""
    from ivr.store.database import default_url, open_database
    from ivr.store.spool.recorder import Recorder

    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as name:
        folder = Path(name)
        engine = open_database(url or default_url(folder))
        count = _fill(folder / "journal", records)
        recorder = Recorder(engine, folder / "journal", poll_seconds=0.001)
        began = time.perf_counter()
        with recorder:
            pass  # leaving waits until all is in
        taken = time.perf_counter() - began
        assert _kept(engine) >= count
        engine.dispose()
    return round(count / taken, 0)


def _fill(spool: Path, records: int) -> int:
    spool.mkdir()
    count = 0
    for call in range(max(records // 60, 1)):
        lines = [made_up(f"1.{call}", number) for number in range(59)]
        lines.append({**lines[-1], "what": "note", "kind": "CallEnded", "data": {"outcome": "x"}})
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (spool / f"1.{call}.jsonl").write_text(text, encoding="utf-8")
        count += len(lines)
    return count


def _kept(engine: "Engine") -> int:
    from sqlalchemy import func, select

    from ivr.store.database import reading
    from ivr.store.tables import records

    with reading(engine) as db:
        return db.execute(select(func.count()).select_from(records)).scalar_one()


def _show(result: dict[str, Any]) -> None:
    table = Table(
        "frames late by", "p50 ms", "p99 ms", "max ms", "frames", box=None, pad_edge=False
    )
    for name, one in result["frames"].items():
        figures = (f"{one[key]:.2f}" for key in ("p50_ms", "p99_ms", "max_ms"))
        table.add_row(name, *figures, str(one["frames"]))
    screen = Console(highlight=False)
    screen.print(table)
    for name, rate in result["records_per_second"].items():
        screen.print(f"{name}: {rate:.0f} records a second into the record")
    screen.print(f"{result['calls']} calls; {result['machine']}", style="dim")
