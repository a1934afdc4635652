"""`ivr validate`: every fault of the flows and of the agents file, each with its place."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.errors import FlowError
from ivr.flow.issues import Issue, Severity
from ivr.server.plans import read_plans
from ivr.server.settings import load_settings


def validate(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    agents: Annotated[Path | None, typer.Option(help="Another agents file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Check a flow and the agents file; exit status 1 if there is an error."""
    settings = load_settings()
    paths = settings.paths
    if flow:
        paths = replace(paths, flow=flow.absolute())
    if agents:
        paths = replace(paths, agents=agents.absolute())
    try:
        issues: tuple[Issue, ...] = read_plans(replace(settings, paths=paths)).warnings
    except FlowError as error:
        issues = error.issues
    _show(issues, as_json)
    if any(issue.severity is Severity.ERROR for issue in issues):
        raise typer.Exit(1)


def _show(issues: tuple[Issue, ...], as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(issue) for issue in issues], ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for issue in issues:
        style = "red" if issue.severity is Severity.ERROR else "yellow"
        console.print(f"{issue.severity.value:<8}", style=style, end="")
        console.print(str(issue), markup=False)
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    print(f"{errors} errors, {len(issues) - errors} warnings")
