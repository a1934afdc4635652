"""How verbs show issues: one line each in the order of the files, or JSON, and a count."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import typer
from rich.console import Console

from ivr.flow.issues import Issue, Severity


def show_issues(issues: Sequence[Issue]) -> None:
    """Severity, then `file:line:column: code message (did you mean ...?)`."""
    console = Console(highlight=False, soft_wrap=True)
    for issue in issues:
        style = "red" if issue.severity is Severity.ERROR else "yellow"
        console.print(f"{issue.severity.value:<8}", style=style, end="")
        console.print(str(issue), markup=False)


def count_line(issues: Sequence[Issue]) -> str:
    """For example "2 errors, 1 warning"."""
    errors = sum(issue.severity is Severity.ERROR for issue in issues)
    return f"{_counted(errors, 'error')}, {_counted(len(issues) - errors, 'warning')}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("s" if count != 1 else "")


def as_records(issues: Sequence[Issue]) -> list[dict[str, Any]]:
    return [asdict(issue) for issue in issues]


def leave(issues: Sequence[Issue], *, strict: bool = False) -> None:
    """End with status 1 if there is an error, or, when strict, anything at all."""
    if any(strict or issue.severity is Severity.ERROR for issue in issues):
        raise typer.Exit(1)
