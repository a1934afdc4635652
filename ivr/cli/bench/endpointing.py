"""`ivr bench endpointing`: fixed silences against endpointing that knows the grammar."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ivr.cli.studio import inline_recogniser
from ivr.dialogue.actions import Endpointing
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.node_grammars import node_grammars
from ivr.flow.library import load_book
from ivr.rehearsal.endpointing_trial import Ending, Turn, ending_of, line_of
from ivr.rehearsal.human_sounds import human_sounds
from ivr.rehearsal.line_noise import Sound
from ivr.rehearsal.waiting_callers import Callers
from ivr.server.settings import load_settings, project_root
from ivr.speech.espeak_voice import EspeakVoice

NOISES = (("white", 35.0), ("white", 20.0), ("hum", 20.0), ("babble", 20.0))

POLICIES: Mapping[str, Endpointing] = {
    "fixed 200 ms": Endpointing(200, 200, 200),
    "fixed 900 ms": Endpointing(900, 900, 900),
    "grammar-aware": Endpointing(),
}

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]


def bench_endpointing(
    turns: Annotated[int, typer.Option(min=2, max=200, help="Turns of each kind.")] = 24,
    as_json: Json = False,
) -> None:
    """Compare fixed silences with endpointing that knows the grammar."""
    endings = asyncio.run(_measured(turns))
    rows = {name: _rows(found) for name, found in endings.items()}
    if as_json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _show(rows)


async def _measured(count: int) -> dict[str, list[Ending]]:
    settings = load_settings()
    recogniser = inline_recogniser(settings)
    async with EspeakVoice() as voice:
        turns = await _turns(Callers(voice), count, settings.path(settings.paths.flow))
    voices = [piece for turn in turns[:60] for piece in turn.pieces]
    found: dict[str, list[Ending]] = {name: [] for name in POLICIES}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("turns", total=len(turns))
        for number, turn in enumerate(turns):
            kind, snr = NOISES[number % len(NOISES)]
            line = line_of(turn, kind, snr, number, voices)
            for name, policy in POLICIES.items():
                found[name].append(await ending_of(turn, line, policy, recogniser))
            progress.advance(task)
    return found


async def _turns(callers: Callers, count: int, flow: Path) -> list[Turn]:
    turns: list[Turn] = []
    for grammar in _menus(flow):
        turns += await callers.phrases(grammar, count)
        turns += await callers.hesitations(grammar, count)
    for kind, language in (
        ("digits", "zh"), ("phone", "zh"), ("card_number", "zh"), ("id_number", "zh"),
        ("digits", "en"), ("card_number", "en"),
    ):  # fmt: skip
        turns += await callers.numbers(kind, language, count, ())
    turns += callers.human_numbers(_human_digits(), count)
    return turns


def _menus(flow: Path) -> list[Grammar]:
    """The grammar of the flow's first menu, in each language."""
    found: dict[str, Grammar] = {}
    for one in node_grammars(load_book(flow)):
        if one.kind == "menu" and one.language in ("zh", "en"):
            found.setdefault(one.language, one.grammar)
    return list(found.values())


def _human_digits() -> dict[str, dict[int, list[Sound]]]:
    folder = project_root().parent / "shared" / "data" / "speech" / "digits-en"
    found: dict[str, dict[int, list[Sound]]] = {}
    for name, sound in human_sounds(folder, 300):
        digit, speaker, _ = name.split("_")
        found.setdefault(speaker, {}).setdefault(int(digit), []).append(sound)
    return {who: digits for who, digits in found.items() if len(digits) == 10}


def _rows(endings: Sequence[Ending]) -> dict[str, dict[str, float]]:
    kinds = dict.fromkeys(ending.kind for ending in endings)
    rows = {kind: _row([one for one in endings if one.kind == kind]) for kind in kinds}
    return {**rows, "all": _row(endings)}


def _row(endings: Sequence[Ending]) -> dict[str, float]:
    """Delays are of those who were not cut off, in milliseconds."""
    ended = [one.delay for one in endings if one.delay is not None]
    whole = sorted(1000 * delay for delay in ended if delay >= 0)
    cut = sum(delay < 0 for delay in ended)
    return {
        "turns": len(endings),
        "median": round(whole[len(whole) // 2]) if whole else 0,
        "p90": round(whole[min(len(whole) - 1, int(0.9 * len(whole)))]) if whole else 0,
        "cut_off_percent": round(100 * cut / len(endings), 1),
        "never_ended": len(endings) - len(ended),
    }


def _show(rows: Mapping[str, Mapping[str, Mapping[str, float]]]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("turns", justify="right")
    for name in rows:
        table.add_column(f"{name}\nmedian / p90 / cut off", justify="right")
    kinds = next(iter(rows.values()))
    for kind in kinds:
        cells = [
            f"{row[kind]['median']:.0f} / {row[kind]['p90']:.0f} / "
            f"{row[kind]['cut_off_percent']:.1f} %"
            for row in rows.values()
        ]
        table.add_row(kind, f"{kinds[kind]['turns']:.0f}", *cells)
    console = Console(highlight=False, width=110)
    console.print(table)
    lost = ", ".join(f"{name} {row['all']['never_ended']:.0f}" for name, row in rows.items())
    console.print(f"milliseconds from the caller's last sound; never ended: {lost}", style="dim")
