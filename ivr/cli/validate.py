"""`ivr validate`: every fault of the flows and of the agents file, each with its place."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.collection import collection_paused
from ivr.cli.issue_list import as_records, count_line, leave, show_issues
from ivr.cli.json_output import print_json
from ivr.errors import FlowError
from ivr.flow.issues import Issue
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
        with collection_paused():
            issues: tuple[Issue, ...] = read_plans(replace(settings, paths=paths)).warnings
    except FlowError as error:
        issues = error.issues
    if as_json:
        print_json(as_records(issues))
    else:
        show_issues(issues)
        print(count_line(issues))
    leave(issues)
