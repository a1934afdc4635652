"""`ivr flows`: tools for whoever writes flows; `schema` is what editors complete and check by."""

from pathlib import Path
from typing import Annotated

import typer

from ivr.errors import IvrError, SettingsError
from ivr.flow.schema.whole import FILE_NAME, schema_text
from ivr.server.settings import load_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

FIRST_LINE = "# yaml-language-server: $schema="
"""How a flow names its schema: the path goes from the flow's own folder."""


@app.callback()
def _family() -> None:
    """Tools for whoever writes flows."""


@app.command()
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write it beside the flows.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Fail if the file is outdated.")] = False,
) -> None:
    """Print the JSON Schema of flow files; name it in a flow's first line."""
    if not (write or check):
        print(schema_text(), end="")
        return
    path = schema_file()
    if write:
        try:
            path.write_text(schema_text(), encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{path}: cannot be written: {error.strerror}") from error
        print(f"{path}: written; a flow names it in its first line, for example")
        print(f"{FIRST_LINE}../{FILE_NAME}")
    elif not path.is_file() or path.read_text(encoding="utf-8") != schema_text():
        raise IvrError(f"{path} is outdated; run `ivr flows schema --write`")
    else:
        print(f"{path} is up to date")


def schema_file() -> Path:
    """`schema.json` in the folder that holds the flows' folder."""
    settings = load_settings()
    flow = settings.path(settings.paths.flow)
    return (flow.parent if flow.is_dir() else flow.parent.parent) / FILE_NAME
