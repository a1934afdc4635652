"""The `ivr` command: the verbs of `ivr.cli.verbs`; expected errors end in one line."""

import io
import sys
from typing import Annotated

import typer
from rich.console import Console

from ivr import __version__
from ivr.cli.verbs import Verbs
from ivr.errors import FlowError, IvrError, SettingsError

app = typer.Typer(
    name="ivr",
    cls=Verbs,
    help="A telephone hotline: callers speak, are understood offline, and reach the right agent.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"ivr {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Options of every verb."""


def run() -> None:
    """Entry point. Exit status: 0 done, 1 failed, 2 wrong usage, settings or flow, 130 stopped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows question marks
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except IvrError as error:
        sys.exit(report(error))


def report(error: IvrError) -> int:
    """Print an expected error on stderr and give its exit status."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if isinstance(error, FlowError):
        for issue in error.issues:
            console.print(str(issue), markup=False)
        count = len(error.issues)
        console.print(f"ivr: {count} fault{'s' if count != 1 else ''} found", style="red")
    else:
        console.print(f"ivr: {error}", style="red", markup=False)
    return 2 if isinstance(error, SettingsError | FlowError) else 1
