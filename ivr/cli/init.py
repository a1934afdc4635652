"""`ivr init`: a small flow to begin with, and conversations that prove it."""

from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.cli.test import write
from ivr.errors import SettingsError
from ivr.flow.fields import NAME
from ivr.flow.schema.whole import schema_text

NAMED = "flow: starter"
DEFAULT_NAME = "hotline"
SCHEMA = "schema.json"
FIRST_LINE = f"# yaml-language-server: $schema={SCHEMA}\n"
"""Tells editors how to complete and check the flow."""


def init(
    folder: Annotated[Path, typer.Argument(help="A new or empty folder, such as flows/clinic.")],
) -> None:
    """Write a commented flow and its tests."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SettingsError(f"{folder}: is there already; name a new folder")
    name = folder.resolve().name
    name = name if NAME.fullmatch(name) else DEFAULT_NAME
    files = {
        folder / SCHEMA: schema_text(),
        folder / f"{name}.yaml": FIRST_LINE + starter("flow.yaml").replace(NAMED, f"flow: {name}"),
        folder / "tests" / f"{name}.yaml": starter("tests.yaml"),
    }
    screen = Console(highlight=False)
    for path, text in files.items():
        write(path, text)
        screen.print(f"written  {path}", soft_wrap=True)
    screen.print(f"now try  ivr test {folder} --coverage", soft_wrap=True)
    screen.print(f"         ivr console {folder}", soft_wrap=True)


def starter(file: str) -> str:
    """One of the files beside this one."""
    return resources.files("ivr.cli").joinpath("starter", file).read_text(encoding="utf-8")
