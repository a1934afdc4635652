"""`ivr bench vad`: voice activity detectors over the same noisy telephone audio."""

import json
import statistics
from collections.abc import Mapping
from dataclasses import asdict, fields
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from ivr.rehearsal.human_sounds import human_sounds
from ivr.rehearsal.line_noise import NOISES
from ivr.rehearsal.vad_trial import Make, Recording, Score, recording, score
from ivr.server.settings import project_root
from ivr.speech.cascade import CascadeVad
from ivr.speech.silero import SileroVad
from ivr.speech.vad import MODES, WebrtcVad

SNRS = (20.0, 10.0, 5.0)

DETECTORS: Mapping[str, Make] = {
    **{f"webrtc {mode}": partial(WebrtcVad, mode) for mode in MODES},
    "silero": SileroVad,
    "cascade": lambda: CascadeVad(WebrtcVad(2), SileroVad()),
}


def bench_vad(
    digits: Annotated[int, typer.Option(min=3, max=1500, help="Human digits in each noise.")] = 90,
    words: Annotated[int, typer.Option(min=0, max=1000, help="Human Mandarin words besides.")] = 45,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Compare voice activity detectors over human speech in noise."""
    console = Console(stderr=True, highlight=False)
    rows: dict[str, dict[str, Score]] = {}
    for over in track(
        _recordings(digits, words), "recordings in noise", console=console, transient=True
    ):
        rows[over.kind] = {name: score(make, over) for name, make in DETECTORS.items()}
    if as_json:
        plain = {kind: {n: asdict(s) for n, s in row.items()} for kind, row in rows.items()}
        print(json.dumps(plain, indent=2))
    else:
        _show(rows)


def _recordings(digits: int, words: int) -> list[Recording]:
    speech = project_root().parent / "shared" / "data" / "speech"
    said = human_sounds(speech / "digits-en", digits)
    said += human_sounds(speech / "mandarin-words", words) if words else []
    others = [sound for _, sound in human_sounds(speech / "mandarin-words", 120, start=7)]
    sounds = [sound for _, sound in said]
    noisy = [(kind, snr) for kind in NOISES for snr in SNRS]
    return [recording(sounds, kind, snr, others) for kind, snr in [("quiet", 0.0), *noisy]]


def _show(rows: Mapping[str, Mapping[str, Score]]) -> None:
    table = Table(box=None, pad_edge=False)
    for name in ("noise", "detector"):
        table.add_column(name, no_wrap=True)
    for name in ("miss", "false", "found", "turns", "no gate", "CPU"):
        table.add_column(name, justify="right")
    for kind, row in rows.items():
        for name, one in row.items():
            table.add_row(kind if name == "webrtc 0" else "", name, *_cells(one))
    for number, name in enumerate(DETECTORS):
        mean = _mean([row[name] for row in rows.values()])
        table.add_row("" if number else "mean of all", name, *_cells(mean))
    console = Console(highlight=False)
    console.print(table)
    console.print(
        "miss, false: % of frames. found: % of utterances in which a turn began. turns: false\n"
        "ones a minute of silence. no gate: without the loudness gate. CPU: ms a second of audio.",
        style="dim",
    )


def _cells(one: Score) -> tuple[str, ...]:
    return (
        f"{100 * one.miss:.1f}",
        f"{100 * one.false_alarm:.1f}",
        f"{100 * one.found:.1f}",
        f"{one.false_turns:.1f}",
        f"{one.bare_turns:.1f}",
        f"{1000 * one.cpu:.2f}",
    )


def _mean(scores: list[Score]) -> Score:
    names = [one.name for one in fields(Score)]
    return Score(**{n: statistics.fmean(getattr(s, n) for s in scores) for n in names})
