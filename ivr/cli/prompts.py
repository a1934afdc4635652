"""`ivr prompts`: what the hotline says, whose voice says it, and rendering it before any call."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from ivr.audio.frames import seconds_of
from ivr.errors import AudioError, VoiceError
from ivr.flow.library import load_book
from ivr.flow.prompt import PromptSegment
from ivr.flow.statics import static_segments
from ivr.ports import Voice
from ivr.server.settings import load_settings
from ivr.speech.espeak_voice import EspeakVoice
from ivr.speech.prompt_files import PromptFile, PromptFolder, file_name
from ivr.speech.prompt_render import Rendered, Result, distinct, listing, render_prompt
from ivr.speech.sound_files import read_sound

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

MAX_FAILURES = 3
"""So many in a row mean that the voice is not there; each may have waited for a network."""

FlowsOption = Annotated[
    Path | None, typer.Option("--flows", help="Folder of the flow; the settings' one else.")
]
AudioOption = Annotated[
    Path | None, typer.Option("--audio", help="Folder of the sound files; the settings' one else.")
]


class VoiceChoice(StrEnum):
    """Who speaks: eSpeak NG offline, or Microsoft Edge's voices over the network."""

    ESPEAK = "espeak"
    EDGE = "edge"


@app.command()
def build(
    flows: FlowsOption = None,
    audio: AudioOption = None,
    voice: Annotated[
        VoiceChoice, typer.Option(help="espeak speaks offline; edge needs the network.")
    ] = VoiceChoice.ESPEAK,
    force: Annotated[bool, typer.Option(help="Speak again what is up to date.")] = False,
) -> None:
    """Render every static prompt that has no recording into the audio folder."""
    flow_folder, audio_folder = _folders(flows, audio)
    segments = distinct(static_segments(load_book(flow_folder)))
    results = asyncio.run(_build(PromptFolder(audio_folder), voice, segments, force))
    failed = [one for one in results if one.result is Result.FAILED]
    errors = Console(stderr=True, highlight=False, soft_wrap=True)
    for one in failed:
        name = f"{one.segment.language}/{file_name(one.segment)}"
        errors.print(f"{name}: {one.problem}", style="red", markup=False)
    print(summary(results, audio_folder))
    if len(results) < len(segments):
        raise VoiceError(
            f"gave up after {MAX_FAILURES} failures in a row; {len(segments) - len(results)} "
            "prompts were not tried (`--voice espeak` needs no network)"
        )
    if failed:
        raise VoiceError(f"{len(failed)} of {len(results)} prompts could not be rendered")


@app.command("list")
def list_prompts(
    flows: FlowsOption = None,
    audio: AudioOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Show every static prompt: its sound file's seconds, and whose work that is."""
    flow_folder, audio_folder = _folders(flows, audio)
    found = listing(PromptFolder(audio_folder), static_segments(load_book(flow_folder)))
    rows = [_row(segment, file) for segment, file in found]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)


def summary(results: Iterable[Rendered], folder: Path) -> str:
    """One line: "12 rendered, 3 kept, 1 recorded, 0 failed in audio_prompts"."""
    counts = Counter(one.result for one in results)
    return ", ".join(f"{counts[result]} {result}" for result in Result) + f" in {folder}"


async def _build(
    folder: PromptFolder, choice: VoiceChoice, segments: list[PromptSegment], force: bool
) -> list[Rendered]:
    progress = Progress(
        TextColumn("Rendering prompts"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    results = []
    async with _voice(choice) as voice:
        with progress:
            bar = progress.add_task("", total=len(segments))
            for segment in segments:
                progress.update(bar, description=f"{segment.language}/{file_name(segment)}")
                results.append(await render_prompt(folder, voice, segment, force=force))
                progress.advance(bar)
                if _hopeless(results):
                    break
    return results


def _hopeless(results: list[Rendered]) -> bool:
    last = results[-MAX_FAILURES:]
    return len(last) == MAX_FAILURES and all(one.result is Result.FAILED for one in last)


def _voice(choice: VoiceChoice) -> AbstractAsyncContextManager[Voice]:
    if choice is VoiceChoice.ESPEAK:
        return EspeakVoice()
    # Its HTTP client takes a third of a second to load, which `ivr --help` need not pay.
    from ivr.speech.edge_voice import EdgeVoice

    return nullcontext(EdgeVoice())


def _folders(flows: Path | None, audio: Path | None) -> tuple[Path, Path]:
    """The folders named, else those of the settings."""
    if flows and audio:
        return flows, audio
    settings = load_settings()
    return flows or settings.path(settings.paths.flow), audio or settings.path(
        settings.paths.prompts
    )


def _row(segment: PromptSegment, file: PromptFile) -> dict[str, str | float | None]:
    seconds = None
    problem = ""
    if file.playable:
        try:
            seconds = round(seconds_of(read_sound(file.path)), 2)
        except AudioError as error:
            problem = str(error)
    return {
        "language": segment.language,
        "name": file_name(segment),
        "seconds": seconds,
        "origin": "unreadable" if problem else file.origin.value,
        "voice": file.voice,
        "text": segment.text,
        "file": str(file.path),
    }


def _print_table(rows: list[dict[str, str | float | None]]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("language")
    longest = max((len(str(row["name"])) for row in rows), default=0)
    table.add_column("name", overflow="fold", min_width=min(longest, 36))
    table.add_column("seconds", justify="right")
    table.add_column("sound")
    table.add_column("text", no_wrap=True, overflow="ellipsis", max_width=32)
    for row in rows:
        seconds = row["seconds"]
        shown = f"{seconds:.1f}" if isinstance(seconds, float) else "-"
        table.add_row(
            str(row["language"]), str(row["name"]), shown, str(row["origin"]), str(row["text"])
        )
    console = Console(highlight=False, markup=False)
    console.print(table)
    counts = Counter(str(row["origin"]) for row in rows)
    total = sum(row["seconds"] for row in rows if isinstance(row["seconds"], float))
    console.print(
        ", ".join(f"{count} {origin}" for origin, count in sorted(counts.items())), end=""
    )
    console.print(f"; {total:.0f} s of sound")
