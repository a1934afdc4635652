"""`ivr bench`: measure the hotline on real calls."""

import typer

app = typer.Typer(no_args_is_help=True)
