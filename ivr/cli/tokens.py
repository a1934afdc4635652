"""`ivr tokens`: who may use the control API over TCP."""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from ivr.cli.options import AsJson, SettingsFile
from ivr.errors import IvrError, SettingsError
from ivr.server.api.tokens import Tokens
from ivr.server.control.roles import GRANTED, Role
from ivr.server.settings import load_settings

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="Whose token it is: a person or a program.")]


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="viewer, supervisor or admin.")],
    phone: Annotated[
        str, typer.Option("--phone", help="The telephone, by its name in the agents file.")
    ] = "",
    settings_file: SettingsFile = None,
) -> None:
    """Make a token and show it, this once. A running server takes it at once."""
    made = _tokens(settings_file).add(name, _role(role), phone, time.time())
    if phone and (unknown := _unknown(phone, settings_file)):
        _note(unknown, "yellow")
    _note(f"{name} is {role}. Keep the token, it is not shown again:")
    print(made)


@app.command("ls")
def show(
    settings_file: SettingsFile = None,
    as_json: AsJson = False,
) -> None:
    """List the tokens; nothing of the tokens themselves is kept."""
    tokens = _tokens(settings_file).all()
    if as_json:
        rows = [
            {"name": one.name, "role": one.role.word, "phone": one.phone, "made": one.made}
            for one in tokens
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not tokens:
        _note("there are no tokens; this makes one: ivr tokens add NAME --role viewer")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for column in ("name", "role", "phone", "made"):
        table.add_column(column)
    for one in tokens:
        made = datetime.fromtimestamp(one.made).strftime("%Y-%m-%d %H:%M") if one.made else ""
        table.add_row(one.name, one.role.word, one.phone, made)
    Console(highlight=False).print(table)


@app.command()
def revoke(name: Name, settings_file: SettingsFile = None) -> None:
    """Forget a token. A running server refuses it at once, and ends its streams."""
    _tokens(settings_file).revoke(name)
    print(f"{name} is revoked")


def _note(line: str, style: str = "dim") -> None:
    Console(stderr=True, highlight=False).print(line, style=style, markup=False, soft_wrap=True)


def _unknown(phone: str, settings_file: Path | None) -> str:
    """A warning where the agents file of today has no such telephone; it may get one later."""
    from ivr.routing.agents_file import load_agents

    settings = load_settings(settings_file)
    file = settings.path(settings.paths.agents)
    try:
        team = load_agents(file)
    except IvrError as error:
        return f"warning: {error}"
    names = {one.name for one in team.people}
    return "" if phone in names else f"warning: nobody in {file} is called {phone!r} yet"


def _tokens(settings_file: Path | None) -> Tokens:
    settings = load_settings(settings_file)
    return Tokens(settings.path(settings.paths.runs))


def _role(word: str) -> Role:
    found = next((role for role in GRANTED if role.word == word), None)
    if found is None:
        raise SettingsError(f"no role is called {word[:20]!r}; there is viewer, supervisor, admin")
    return found
