"""`ivr record`: exports, checks and clears the record of calls."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ivr.cli.moments import moment
from ivr.cli.options import AsJson, SettingsFile
from ivr.errors import SettingsError
from ivr.server.settings import Settings, load_settings

if TYPE_CHECKING:
    from sqlalchemy import Engine

app = typer.Typer(no_args_is_help=True)

Since = Annotated[str, typer.Option(help="A day, a moment, or how long ago: 24h, 7d.")]
Until = Annotated[str, typer.Option(help="Likewise; calls that began before it.")]


class Format(StrEnum):
    """How tables are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Part(StrEnum):
    """What may go with the calls."""

    VISITS = "visits"
    WAITS = "waits"
    TURNS = "turns"
    EVENTS = "events"


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="The folder to write to.")],
    since: Since = "",
    until: Until = "",
    kind: Annotated[Format, typer.Option("--format", help="How.")] = Format.CSV,
    parts: Annotated[
        list[Part] | None,
        typer.Option("--with", help="Besides calls; visits and waits unless told otherwise."),
    ] = None,
    journals: Annotated[
        bool, typer.Option("--journals", help="One JSON Lines file a call, for `ivr replay`.")
    ] = False,
    settings_file: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """Write calls, and what happened in them, as files.

    Turns, events and journals hold what callers said: keep those files as you keep the record.
    """
    from ivr.store.export import export_journals, export_tables
    from ivr.store.history import Wanted

    wanted = Wanted(moment(since, "--since"), moment(until, "--until"))
    names = list(dict.fromkeys(parts or [Part.VISITS, Part.WAITS]))
    settings = load_settings(settings_file)
    with opened_record(settings) as engine, _progress("calls") as progress:
        if journals:
            count = export_journals(engine, wanted, out, progress)
            written = {str(out): count}
        else:
            files = export_tables(engine, wanted, list(names), out, kind, progress)
            written = {str(file.path): file.rows for file in files}
    if as_json:
        print(json.dumps(written, ensure_ascii=False))
        return
    for path, count in written.items():
        print(f"{count:>9}  {path}")


@app.command()
def check(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """Say whether the record is whole; exit status 1 if a person should look at it."""
    from ivr.server.record import shown_place, spool_of
    from ivr.store.check import check_record

    settings = load_settings(settings_file)
    with opened_record(settings) as engine:
        health = check_record(engine, spool_of(settings), time.time())
    if as_json:
        print(json.dumps(asdict(health), ensure_ascii=False, indent=2))
    else:
        print(f"record     {shown_place(settings)}")
        for name, count in health.counts.items():
            print(f"{name:<10} {count}")
        print(f"spooled    {health.spooled}")
        for fault in health.faults:
            Console(highlight=False, soft_wrap=True).print(fault, style="red", markup=False)
        if not health.faults:
            print("all is well")
    if health.faults:
        raise typer.Exit(1)


@app.command()
def size(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """Say how many bytes the journal of a call takes, by kind of record."""
    from ivr.store.sizes import sizes_of

    with opened_record(load_settings(settings_file)) as engine:
        sizes = sizes_of(engine)
    if as_json:
        print(json.dumps(asdict(sizes), ensure_ascii=False, indent=2))
        return
    calls = sizes.calls or 1
    print(f"{'a call has':<18} {'records':>8} {'bytes':>8}")
    for one in sizes.kinds:
        print(f"{one.kind:<18} {one.records / calls:>8.1f} {one.bytes / calls:>8.0f}")
    count, total = (sum(getattr(k, name) for k in sizes.kinds) for name in ("records", "bytes"))
    print(f"{'all':<18} {count / calls:>8.1f} {total / calls:>8.0f}")
    print(f"{sizes.calls} calls; their grammars, kept once: {sizes.grammars} bytes")


@app.command()
def retain(settings_file: SettingsFile = None, as_json: AsJson = False) -> None:
    """Delete now what is older than [record] keep_days and keep_transcript_days say."""
    from ivr.server.record import retention_of

    settings = load_settings(settings_file)
    with opened_record(settings) as engine, _progress("calls") as progress:
        retention, done = retention_of(settings, engine), 0
        for count in retention.steps():
            done += count
            progress(done)
    forgotten = retention.forgotten
    if as_json:
        print(json.dumps(asdict(forgotten)))
        return
    print(f"{forgotten.calls:>7}  calls deleted (older than {settings.record.keep_days} days)")
    days = settings.record.keep_transcript_days
    print(f"{forgotten.transcripts:>7}  calls lost what was said (older than {days} days)")
    print(f"{forgotten.files:>7}  sound files deleted")
    print(f"{forgotten.others:>7}  other entries deleted")


@contextmanager
def opened_record(settings: Settings) -> "Iterator[Engine]":
    """The record of the settings, closed with the block; SettingsError where there is none."""
    from ivr.server.record import record_if_there, shown_place

    engine = record_if_there(settings)
    if engine is None:
        raise SettingsError(f"there is no record at {shown_place(settings)} yet")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int], None]]:
    """A line on stderr that counts, where somebody looks."""
    console = Console(stderr=True, highlight=False)
    with console.status(f"0 {what}") as status:
        yield lambda count: status.update(f"{count} {what}")
