"""`ivr bench report`: a generated month, and how long the whole `ivr report` takes over it."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ivr.errors import StoreError

SINCE, UNTIL, ZONE = "2026-11-01", "2026-12-01", "Asia/Shanghai"
SEED = 2026


def bench_report(
    calls: Annotated[int, typer.Option(min=1, max=2_000_000, help="Calls in the month.")] = 100_000,
    runs: Annotated[int, typer.Option(min=1, max=20, help="Times the report is made.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed, the same calls.")] = SEED,
    record: Annotated[str, typer.Option(help="An empty record: a database URL.")] = "",
    keep: Annotated[Path | None, typer.Option(help="Keep the SQLite record as this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Fill a record with a generated month, and time `ivr report` from start to exit."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        url = record or f"sqlite:///{(keep or Path(folder) / 'record.sqlite3').resolve()}"
        found: dict[str, Any] = {
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, "
            f"Python {platform.python_version()}",
            "database": url.split(":", 1)[0],
            **_fill(url, seed, calls),
            "report_s": [_timed(url) for _ in range(runs)],
            "with_page_s": _timed(url, "--html", str(Path(folder) / "report.html")),
        }
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"{found['calls']} calls, {found['visits']} visits, {found['waits']} waits")
    print(f"filled in {found['filled_s']:.1f} s ({found['database']})")
    for name, runs_of_it in (
        ("ivr report", found["report_s"]),
        ("ivr report --html", [found["with_page_s"]]),
    ):
        walls = sorted(one["wall"] for one in runs_of_it)
        cpu = statistics.median(one["cpu"] for one in runs_of_it)
        print(
            f"{name}: {statistics.median(walls):.2f} s ({walls[0]:.2f} to {walls[-1]:.2f} s in "
            f"{len(walls)} runs), {cpu:.2f} s of the processor"
        )


def _fill(url: str, seed: int, calls: int) -> dict[str, Any]:
    """Rows written, by table, and the seconds it took."""
    from ivr.report.filling import fill
    from ivr.report.generated import generate
    from ivr.report.window import window_of, zone_of
    from ivr.store.database import open_database

    window = window_of(SINCE, UNTIL, "", 0.0, zone_of(ZONE))
    engine, began = open_database(url), time.perf_counter()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("generated calls", total=calls)
            done = generate(seed, calls, window)
            rows = fill(engine, done, lambda number: progress.update(task, completed=number))
    finally:
        engine.dispose()
    return {**rows, "filled_s": time.perf_counter() - began}


def _timed(url: str, *options: str) -> dict[str, float]:
    """Seconds from the start of the process to its end, and those the processor worked for it."""
    command = [
        sys.executable, "-m", "ivr", "report", "--since", SINCE, "--until", UNTIL, "--zone", ZONE,
        "--record", url, *options,
    ]  # fmt: skip
    began, used = time.perf_counter(), _used()
    done = subprocess.run(command, capture_output=True)
    if done.returncode:
        raise StoreError(
            f"ivr report failed: {done.stderr.decode(errors='replace').strip()[-500:]}"
        )
    return {"wall": time.perf_counter() - began, "cpu": _used() - used}


def _used() -> float:
    """Seconds of the processor that ended children took."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
