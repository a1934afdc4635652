"""`ivr bench annoyance`: synthesised callers who stay calm or heat up, and who is found annoyed."""

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ivr.rehearsal.annoyance_trial import CALM_LINES, MANNERS, annoyed_share
from ivr.speech.espeak_voice import EspeakVoice


def bench_annoyance(
    calls: Annotated[int, typer.Option(min=1, max=1000, help="Calls of each manner.")] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Find annoyed callers among synthesised ones; no proof of how people feel."""
    rows = asyncio.run(_measured(calls))
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column(f"{calls} calls of each manner")
    table.add_column("labelled")
    for language in CALM_LINES:
        table.add_column(f"found annoyed, {language}", justify="right")
    labels = {manner.name: "annoyed" if manner.label else "calm" for manner in MANNERS}
    for name, row in rows.items():
        table.add_row(name, labels[name], *(f"{100 * share:.0f} %" for share in row.values()))
    Console(highlight=False).print(table)


async def _measured(calls: int) -> dict[str, dict[str, float]]:
    async with EspeakVoice() as voice:
        return {
            manner.name: {
                language: await annoyed_share(voice, manner, language, calls)
                for language in CALM_LINES
            }
            for manner in MANNERS
        }
