"""`ivr publish`, `rollback`, `versions`, `diff`: the life of a set of flows."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ivr.cli.test import agents_of, show
from ivr.errors import StoreError
from ivr.flow.differences import Change, differences
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.flow.releases import Release, Releases
from ivr.rehearsal.files import find_tests, has_tests
from ivr.rehearsal.suite import run_suite
from ivr.server.plans import read_plans
from ivr.server.published import releases_of
from ivr.server.settings import Settings, load_settings
from ivr.training.intents.staleness import CODE as STALE

DRAFT = "draft"
SAME_IN = 3
"""A change that is the same in so many nodes is told once."""
NODES_NAMED = 4


def publish(
    note: Annotated[str, typer.Option("-m", help="What is new, for `ivr versions`.")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Although a test fails, or the intents are stale.")
    ] = False,
) -> None:
    """Put the draft in force: checked, tested, kept unchanged from now on.

    A running server takes it within a second; calls in progress end as they began.
    """
    settings = load_settings()
    screen = Console(highlight=False)
    draft = settings.path(settings.paths.flow)
    releases = releases_of(settings)
    before = releases.current
    plans = read_plans(settings)
    book = plans.book
    stale = [issue for issue in plans.warnings if issue.code == STALE]
    for issue in stale:
        screen.print(str(issue), style="yellow", markup=False, soft_wrap=True)
    if stale and not force:
        screen.print("nothing was published; --force does it all the same", style="red")
        raise typer.Exit(1)
    if not _tested(settings, draft, screen) and not force:
        screen.print("nothing was published; --force does it all the same", style="red")
        raise typer.Exit(1)
    if before is not None and before.id == book.version:
        screen.print(f"{before.id} is in force already")
        return
    release = releases.publish(draft, note)
    if before is not None:
        _show_changes(screen, differences(releases.load(before), book))
    screen.print(f"{release.id} is in force", style="bold")


def rollback(
    version: Annotated[
        str, typer.Argument(help="How its id begins; the version before this one otherwise.")
    ] = "",
    note: Annotated[str, typer.Option("-m", help="Why, for `ivr versions`.")] = "",
) -> None:
    """Put an earlier version in force again."""
    releases = releases_of(load_settings())
    release = releases.rollback(version, note)
    Console(highlight=False).print(f"{release.id} is in force", style="bold")


def versions(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """List the published versions, the newest last; the one in force is marked."""
    settings = load_settings()
    releases = releases_of(settings)
    notes: dict[str, str] = {}
    for entry in releases.history():
        notes[entry.id] = entry.note or notes.get(entry.id, "")
    screen = Console(highlight=False)
    rows = [
        {
            "id": release.id,
            "at": release.at,
            "in_force": release.id == releases.current_id,
            "files": len(release.files),
            "note": notes.get(release.id, ""),
        }
        for release in releases.all()
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        screen.print("nothing is published; the server runs the draft (`ivr publish`)")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("", "version", "published", "files", "note"):
        table.add_column(name)
    for row in rows:
        at = datetime.fromisoformat(str(row["at"])).strftime("%Y-%m-%d %H:%M:%S")
        mark = Text("*", style="green") if row["in_force"] else Text("")
        table.add_row(mark, str(row["id"]), at, str(row["files"]), Text(str(row["note"])))
    screen.print(table)
    draft = load_book(settings.path(settings.paths.flow)).version
    if draft != releases.current_id:
        screen.print(f"the draft ({draft}) differs from what is in force: `ivr diff`")


def diff(
    old: Annotated[str, typer.Argument(help="A version; the one in force otherwise.")] = "",
    new: Annotated[str, typer.Argument(help="Another version; the draft otherwise.")] = DRAFT,
) -> None:
    """Show what changed between two versions, in nodes, choices and prompts."""
    settings = load_settings()
    releases = releases_of(settings)
    screen = Console(highlight=False)
    changes = differences(_book(settings, releases, old), _book(settings, releases, new))
    _show_changes(screen, changes)
    if not changes:
        screen.print("no difference")


def _book(settings: Settings, releases: Releases, version: str) -> FlowBook:
    """The draft, a version, or (empty) the one in force. Raises StoreError."""
    if version == DRAFT:
        return load_book(settings.path(settings.paths.flow))
    if Path(version).exists() and version:
        return load_book(version)
    release: Release | None = releases.find(version) if version else releases.current
    if release is None:
        raise StoreError(f"no version of {releases.name} is published; `ivr publish` does it")
    return releases.load(release)


def _tested(settings: Settings, draft: Path, screen: Console) -> bool:
    if not has_tests(draft):
        screen.print("these flows have no tests", style="yellow")
        return True
    suite = run_suite(find_tests([draft]), queues_for=agents_of(settings))
    show(screen, suite)
    return not suite.failed


def _show_changes(screen: Console, changes: tuple[Change, ...]) -> None:
    """One line a change; what is the same in many nodes is told once."""
    where: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        where.setdefault((change.flow, change.what), []).append(change.node)
    for (flow, what), nodes in where.items():
        if len(nodes) >= SAME_IN:
            more = f" and {len(nodes) - NODES_NAMED} more" if len(nodes) > NODES_NAMED else ""
            place = f"nodes {', '.join(nodes[:NODES_NAMED])}{more}"
            screen.print(Text(f"{place}: ", style="magenta").append(what, style="default"))
            continue
        for node in nodes:
            place = f"node {node}" if node else f"flow {flow}"
            screen.print(Text(f"{place}: ", style="magenta").append(what, style="default"))
