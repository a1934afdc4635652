"""`ivr models`: which speech models there are, getting them, building one, measuring one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table

from ivr.errors import ModelError
from ivr.server.settings import load_settings
from ivr.speech.model_catalogue import PUBLISHED, published
from ivr.speech.models import (
    Verified,
    find,
    install_archive,
    installed,
    user_folder,
)
from ivr.speech.models import install as install_model
from ivr.speech.models import verify as verify_model

if TYPE_CHECKING:
    from ivr.training.evaluation import Score

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
DEMO = "demo-zh-en"

ModelArgument = Annotated[
    str, typer.Argument(metavar="MODEL", help="Name of an installed model, or its folder.")
]
IntoOption = Annotated[
    Path | None, typer.Option("--into", help="Folder of the models; the settings' one else.")
]


def _models_folder() -> Path:
    settings = load_settings()
    return settings.path(settings.paths.models)


def _folders() -> tuple[Path, ...]:
    return (_models_folder(), user_folder())


def _console() -> Console:
    return Console(highlight=False)


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the models on this machine and those that can be installed."""
    here = installed(_folders())
    names = {model.name for model in here}
    if as_json:
        rows = [{"name": m.name, "folder": str(m.folder), "installed": True} for m in here]
        rows += [
            {"name": p.name, "language": p.language, "url": p.url, "installed": False}
            for p in PUBLISHED
            if p.name not in names
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("model", "language", "size", "where"):
        table.add_column(heading, justify="right" if heading == "size" else "left")
    for model in here:
        known = published(model.name)
        language = known.language if known else "zh, en" if model.name == DEMO else ""
        table.add_row(model.name, language, f"{model.megabytes:.1f} MB", str(model.folder))
    for offer in PUBLISHED:
        if offer.name not in names:
            how = f"[dim]ivr models install {offer.name}[/dim]"
            table.add_row(offer.name, offer.language, f"{offer.megabytes} MB", how)
    _console().print(table)


@app.command()
def verify(model: ModelArgument) -> None:
    """Check that a model is whole and that the engine can load it."""
    _show_verified(verify_model(find(model, _folders())))


@app.command()
def install(
    model: Annotated[
        str, typer.Argument(metavar="NAME", help="A published model's name, or its archive's path.")
    ],
    into: IntoOption = None,
) -> None:
    """Install a published Vosk model; a download that broke off goes on."""
    folder = into or _models_folder()
    if model.endswith(".zip"):
        archive = Path(model)
        _show_verified(install_archive(archive, folder / archive.stem))
        return
    offer = published(model)
    if offer is None:
        names = "\n  ".join(one.name for one in PUBLISHED)
        raise ModelError(f"no published model is known as {model!r}; known are\n  {names}")
    console = Console(stderr=True, highlight=False)
    columns = (
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(model, total=None)
        verified, checked = install_model(
            offer, folder, lambda done, total: bar.update(task, completed=done, total=total)
        )
    console.print(f"checked {checked}")
    _show_verified(verified)


@app.command()
def build(
    into: Annotated[
        Path | None, typer.Option("--into", help="Folder to write; the demo model's else.")
    ] = None,
    speech: Annotated[
        Path | None, typer.Option(help="Human recordings to learn from as well.")
    ] = None,
    work: Annotated[
        Path | None, typer.Option(help="Folder for what lies between; .cache/ivr-models else.")
    ] = None,
    batches: Annotated[
        int,
        typer.Option(
            min=10, help="Batches of the main training; two thirds as many follow on all speakers."
        ),
    ] = 2200,
    seed: Annotated[int, typer.Option(help="The same seed makes the same model.")] = 7,
    share: Annotated[
        float,
        typer.Option(
            min=0.005, max=1.0, help="Share of the synthesised clips to make: a trial makes few."
        ),
    ] = 1.0,
) -> None:
    """Build the demo model from synthesised speech, and human speech if given. Takes an hour."""
    try:
        from ivr.training.build import Plan, build_model
    except ModuleNotFoundError as error:
        raise ModelError(
            f"building a model needs {error.name}: pip install 'ivr[build]' (main dependencies "
            "suffice to run, install and evaluate models)"
        ) from error
    console = Console(stderr=True, highlight=False)
    plan = Plan(
        folder=into or _models_folder() / DEMO,
        work=work or Path(".cache") / "ivr-models",
        speech=speech,
        batches=batches,
        more_batches=batches * 2 // 3,
        seed=seed,
    )
    plan = plan if share == 1.0 else plan.smaller(share)
    build_model(plan, lambda line: console.print(line, markup=False))
    _show_verified(verify_model(plan.folder))


@app.command("eval")
def evaluate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="Name or folder.")] = DEMO,
    speech: Annotated[
        Path | None,
        typer.Option(help="Folder with digits-en/, mandarin-words/, mandarin-syllables/."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most clips per speaker and test.")] = 500,
    held_out: Annotated[
        bool, typer.Option(help="Of the Mandarin words only those that a build holds out.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure a model on held-out synthesised voices and on human recordings."""
    from ivr.training.evaluation import evaluate as measure

    folder = find(model, _folders())
    if speech is not None and not speech.is_dir():
        raise ModelError(f"{speech}: there is no such folder of recordings")
    speech = speech or _usual_speech()
    console = Console(stderr=True, highlight=False)
    with console.status("listening") as status:
        scores = measure(
            folder,
            speech,
            limit,
            lambda what: status.update(f"listening: {what}"),
            held_out=held_out,
        )
    if as_json:
        typer.echo(json.dumps([asdict(s) | {"share": round(s.share, 4)} for s in scores], indent=2))
        return
    _show_scores(scores, folder)
    if speech is None:
        console.print("[dim]no human recordings: give their folder with --speech[/dim]")


def _usual_speech() -> Path | None:
    folder = Path("..") / "shared" / "data" / "speech"
    return folder if folder.is_dir() else None


def _show_verified(verified: Verified) -> None:
    words = f"{verified.words} words" if verified.words else "its words are within the graph"
    grammars = "takes run-time grammars" if verified.grammars else "takes no run-time grammars"
    _console().print(
        f"[green]works[/green]  {verified.folder}: {verified.sample_rate} Hz, {words}, {grammars}"
    )


def _show_scores(scores: "list[Score]", folder: Path) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", title=str(folder))
    for heading, side in (
        ("test", "left"), ("speaker", "left"), ("clips", "right"), ("right", "right"),
        ("mistaken", "right"),
    ):  # fmt: skip
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    for score in scores:
        mistaken = score.mistaken / score.trials if score.trials else 0.0
        table.add_row(
            score.test, score.speaker, str(score.trials), f"{score.share:.1%}", f"{mistaken:.1%}"
        )
    _console().print(table)
