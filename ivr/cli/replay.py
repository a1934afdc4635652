"""`ivr replay`: journalled calls against the flows as they are now."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.call.journal import Record
from ivr.cli.console import first_flow
from ivr.errors import StoreError
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.rehearsal.replay import Difference, Ear, Replayed, Verdict, replay, tally
from ivr.server.settings import Settings, load_settings

STYLES = {
    Verdict.SAME: "green", Verdict.WAITS: "default", Verdict.WORDS: "yellow",
    Verdict.ROUTE: "red", Verdict.UNREADABLE: "red",
}  # fmt: skip
PLACES_SHOWN = 10

Ears = Callable[[str], Ear | None]


def replay_calls(
    calls: Annotated[list[str], typer.Argument(help="Call ids, journal files or folders.")],
    flow: Annotated[
        Path | None, typer.Option(help="Other flows than the draft: a file or folder.")
    ] = None,
    audio: Annotated[
        bool, typer.Option("--audio", help="Recognise what callers said again, from recordings.")
    ] = False,
    recordings: Annotated[
        Path | None, typer.Option(help="Where the recordings lie; the settings' own.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Show where the flows of today would leave the way calls went; exit status 1 if any does."""
    settings = load_settings()
    runs = settings.path(settings.paths.runs)
    path = flow or settings.path(settings.paths.flow)
    book = load_book(path)
    ears = _ears(settings, recordings or runs / "recordings", book) if audio else lambda call: None
    from ivr.rehearsal.journals import find_journals
    from ivr.server.record import journals_of  # loads the database's library

    found = [
        _one(journal.call, journal.read, book, first_flow(book, "", path.stem), ears)
        for journal in find_journals(calls, journals_of(settings))
    ]
    if as_json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=2))
    else:
        _show(Console(highlight=False), found)
    if any(one.verdict in (Verdict.ROUTE, Verdict.UNREADABLE) for one in found):
        raise typer.Exit(1)


def _one(
    call: str, read: Callable[[], list[Record]], book: FlowBook, flow: str, ears: Ears
) -> Replayed:
    try:
        return replay(read(), book, flow, ears(call))
    except StoreError as error:
        why = Difference(Verdict.UNREADABLE, 0.0, "", "", "", str(error))
        return Replayed(call, "", Verdict.UNREADABLE, (why,))


def _ears(settings: Settings, recordings: Path, book: FlowBook) -> Ears:
    """Opens the recording of a call, where there is one."""
    from ivr.cli.studio import inline_recogniser  # loads the speech engine
    from ivr.rehearsal.recorded_ear import RecordedEar

    recogniser = inline_recogniser(settings)

    def ear(call: str) -> Ear | None:
        path = recordings / f"{call}.wav"
        return RecordedEar(path, recogniser, book) if path.is_file() else None

    return ear


def _show(screen: Console, found: list[Replayed]) -> None:
    for one in found:
        if one.verdict is Verdict.SAME and len(found) > 1:
            continue
        screen.print(
            Text(f"{one.verdict.value:<10} ", style=STYLES[one.verdict]).append(
                one.call, style="default"
            )
        )
        for difference in one.differences:
            if difference.verdict is one.verdict:
                _show_difference(screen, difference)
    counts = tally(found)
    line = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    screen.print(f"{len(found)} calls: {line}", style="bold")
    turns = sum(one.turns for one in found)
    if turns:
        otherwise = sum(one.turns_otherwise for one in found)
        screen.print(f"{turns} turns heard again, {otherwise} of them otherwise")
    _show_places(screen, found)


def _show_difference(screen: Console, one: Difference) -> None:
    if one.verdict is Verdict.UNREADABLE:
        screen.print(f"  {one.now}", markup=False)
        return
    screen.print(f"  {one.at:.1f} s, node {one.node or '(none)'}, after {one.event}", markup=False)
    table = Table.grid(padding=(0, 1))
    table.add_row(Text("    - then", style="red"), Text(one.then or "nothing"))
    table.add_row(Text("    + now ", style="green"), Text(one.now or "nothing"))
    screen.print(table)


def _show_places(screen: Console, found: list[Replayed]) -> None:
    """Over many calls: where their ways part most often."""
    firsts = [one.first for one in found if one.verdict is Verdict.ROUTE]
    places = Counter((one.node, one.then, one.now) for one in firsts if one is not None)
    if len(found) < 2 or not places:
        return
    table = Table(box=None, pad_edge=False)
    for name, justify in (("calls", "right"), ("node", "left"), ("then", "left"), ("now", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for (node, then, now), count in places.most_common(PLACES_SHOWN):
        table.add_row(str(count), Text(node), Text(then), Text(now))
    screen.print(table)
