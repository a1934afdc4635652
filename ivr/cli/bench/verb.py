"""`ivr bench`: measurements of the running parts, for people and, with --json, for machines."""

import asyncio
import importlib
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ivr.cli.bench.annoyance import bench_annoyance
from ivr.cli.bench.api import bench_api
from ivr.cli.bench.endpointing import bench_endpointing
from ivr.cli.bench.engine import bench_engine
from ivr.cli.bench.live import bench_live
from ivr.cli.bench.record import bench_record
from ivr.cli.bench.report import bench_report
from ivr.cli.bench.soak import show_soak
from ivr.cli.bench.top import show_top
from ivr.cli.bench.vad import bench_vad
from ivr.cli.intents import show_understanding
from ivr.cli.matching_figures import show_matching
from ivr.errors import SettingsError
from ivr.server.settings import project_root

app = typer.Typer(no_args_is_help=True)
app.command("engine")(bench_engine)
app.command("vad")(bench_vad)
app.command("endpointing")(bench_endpointing)
app.command("annoyance")(bench_annoyance)
app.command("live")(bench_live)
app.command("api")(bench_api)
app.command("record")(bench_record)
app.command("report")(bench_report)

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]

QUANTILES = (("min", 0.0), ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))


@app.callback()
def _family() -> None:
    """Measure the hotline's parts."""


@app.command()
def turn(
    turns: Annotated[int, typer.Option(min=1, max=2000, help="Turns in all.")] = 50,
    calls: Annotated[int, typer.Option(min=1, max=50, help="Calls at the same time.")] = 2,
    as_json: Json = False,
) -> None:
    """Measure answers and barge-in on real calls, from the caller's RTP."""
    measuring = from_checkout("tests.measuring.turns")
    screen = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=screen, transient=True) as progress:
        task = progress.add_task("turns on real calls", total=turns)
        result = asyncio.run(
            measuring.measure_turns(turns, calls, lambda n: progress.update(task, completed=n))
        )
    figures = {
        "caller stops speaking -> first sound of the answer": [t.answer for t in result.turns],
        "caller starts speaking -> the prompt is silent": [t.silence for t in result.turns],
    }
    facts = {"turns": len(result.turns), "failed": result.failed, "calls": calls}
    show_distributions(figures, facts, as_json)
    if not result.turns:
        raise typer.Exit(1)


@app.command()
def understanding(
    intents: Annotated[int, typer.Option(min=0, help="So many intents only; 0: all.")] = 0,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder with banking77/ and clinc150/.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Read public collections of intents by string likeness and by the classifier."""
    show_understanding(intents, data, as_json)


@app.command()
def matching(
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Times each phrase is said.")] = 3,
    as_json: Json = False,
) -> None:
    """Mishear every phrase of two vocabularies; let strangers knock. The homophone test."""
    show_matching(from_checkout("tests.dialogue.matching.homophones"), rounds, as_json)


@app.command()
def soak(
    calls: Annotated[int, typer.Option(min=1, max=100_000, help="Calls in all.")] = 1000,
    at_once: Annotated[int, typer.Option(min=1, max=50, help="At the same time.")] = 8,
    as_json: Json = False,
) -> None:
    """Place short calls of every ending; fails if something they took is not given back."""
    show_soak(from_checkout("tests.measuring.soak"), calls, at_once, as_json, machine())


@app.command()
def top(
    calls: Annotated[int, typer.Option(min=1, max=2000, help="Calls that go on.")] = 200,
    size: Annotated[str, typer.Option(help="The terminal's size.")] = "160x50",
    seconds: Annotated[float, typer.Option(min=1, max=600, help="How long.")] = 30,
    by_socket: Annotated[
        bool, typer.Option("--socket", help="Calls of another process, by its control API.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Measure the CPU time of the supervisor's board while many calls change."""
    show_top(calls, size, seconds, by_socket, as_json, machine())


def from_checkout(module: str) -> Any:
    """A module under tests/, which holds the scripted phone and is not installed.

    Raises:
        SettingsError: if this is no checkout of the project.
    """
    root = project_root()
    if not (root / "tests" / "phone").is_dir():
        raise SettingsError(
            "this measurement uses the scripted phone in tests/: run it in a checkout"
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return importlib.import_module(module)


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def machine() -> str:
    """What this was measured on, without its name."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def show_distributions(
    figures: dict[str, list[float]], facts: dict[str, int], as_json: bool
) -> None:
    """Print distributions of seconds as milliseconds, or as JSON."""
    rows = {
        name: {label: round(1000 * quantile(values, share)) for label, share in QUANTILES}
        for name, values in figures.items()
        if values
    }
    if as_json:
        print(json.dumps({"machine": machine(), **facts, "milliseconds": rows}, indent=2))
        return
    table = Table(box=None, pad_edge=False, title=None)
    table.add_column("milliseconds")
    for label, _ in QUANTILES:
        table.add_column(label, justify="right")
    for name, row in rows.items():
        table.add_row(name, *(str(row[label]) for label, _ in QUANTILES))
    console = Console(highlight=False)
    console.print(table)
    console.print(", ".join(f"{count} {name}" for name, count in facts.items()), style="dim")
    console.print(machine(), style="dim")
