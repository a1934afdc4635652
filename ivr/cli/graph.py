"""`ivr graph`: a picture of a flow as SVG, Mermaid or one page that can be searched."""

import json
import sys
from enum import StrEnum
from html import escape
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.collection import collection_paused
from ivr.cli.prompt_durations import PromptDurations
from ivr.errors import SettingsError
from ivr.flow.checks.every import check_flows
from ivr.flow.drawing.cards import sheets
from ivr.flow.drawing.details import details
from ivr.flow.drawing.mermaid import mermaid
from ivr.flow.drawing.svg import svg
from ivr.flow.issues import Issue
from ivr.flow.library import read_path
from ivr.flow.model import Flow
from ivr.server.plans import shown
from ivr.server.settings import load_settings


class Format(StrEnum):
    SVG = "svg"
    MERMAID = "mermaid"
    HTML = "html"


SUFFIXES = {".svg": Format.SVG, ".mmd": Format.MERMAID, ".md": Format.MERMAID, ".html": Format.HTML}


def graph(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A .svg, .mmd or .html file.")
    ] = None,
    kind: Annotated[
        Format | None, typer.Option("--format", help="svg unless the output says otherwise.")
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Short for --format html.")] = False,
    language: Annotated[str, typer.Option(help="The language of the texts shown.")] = "",
) -> None:
    """Draw a flow: what leads where, and where its faults are."""
    settings = load_settings()
    folder = flow or shown(settings.path(settings.paths.flow))
    with collection_paused():
        flows, read = read_path(folder)
        issues = check_flows(flows, read, PromptDurations(settings))
    wanted = Format.HTML if html else kind or SUFFIXES.get(output.suffix if output else "")
    text = picture(wanted or Format.SVG, flows, issues, language, folder.stem)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{output}: cannot be written: {error.strerror}") from error
    nodes = sum(len(one.nodes) for one in flows.values())
    print(f"{output}: {nodes} nodes, {len(issues)} issues marked")


def picture(
    wanted: Format,
    flows: dict[str, Flow],
    issues: tuple[Issue, ...],
    language: str = "",
    title: str = "flow",
) -> str:
    """The whole text of a picture in one format."""
    drawn = sheets(flows, issues, language)
    if wanted is Format.MERMAID:
        return mermaid(drawn)
    if wanted is Format.SVG:
        return svg(drawn)
    data = json.dumps(details(flows, drawn), ensure_ascii=False).replace("<", "\\u003c")
    return _page(title=escape(title), svg=svg(drawn), data=data)


def _page(**parts: str) -> str:
    """The page with its style, script and contents put in; each is put in once, in one pass."""
    folder = resources.files("ivr.cli")
    parts["style"] = folder.joinpath("graph_page.css").read_text(encoding="utf-8")
    parts["script"] = folder.joinpath("graph_page.js").read_text(encoding="utf-8")
    page = folder.joinpath("graph_page.html").read_text(encoding="utf-8")
    pieces = page.split("@")
    return "".join(parts.get(piece, piece) for piece in pieces)
