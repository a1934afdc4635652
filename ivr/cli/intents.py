"""`ivr intents`: train the classifier of open questions, measure it, and try sentences."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from ivr.cli.intent_choices import (
    cache_folder,
    chosen_backend,
    corpora_folder,
    model_folders,
    need_training,
)
from ivr.dialogue.intents import IntentReading
from ivr.dialogue.intents.encoder_file import load_encoder
from ivr.dialogue.intents.model_file import load_model, save_model
from ivr.dialogue.intents.student_file import SHIPPED, save_student, shipped_student
from ivr.errors import SettingsError
from ivr.flow.library import load_book
from ivr.server.settings import load_settings

if TYPE_CHECKING:
    from ivr.training.intents.benchmark import Row
    from ivr.training.intents.evaluation import Result

app = typer.Typer(no_args_is_help=True)

EXAMPLES_NAME = "intents.yaml"
MODEL_NAME = "intents.npz"

Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")]
ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A trained model; the one beside the flow else.")
]
BackendOption = Annotated[
    str,
    typer.Option(
        help="linear (n-grams), static (and the English sentence student), minilm (and an encoder,"
        " extra: minilm); static for English examples, else linear."
    ),
]
DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder with banking77/ and clinc150/; ../shared/data/text else."),
]


@app.callback()
def _family() -> None:
    """What callers ask for in their own words."""


@app.command("train")
def train_intents(
    flow: Annotated[
        Path | None, typer.Option(help="Flow file or folder; the settings' own otherwise.")
    ] = None,
    examples: Annotated[
        Path | None, typer.Option(help="YAML or CSV of examples; FLOW/intents.yaml else.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Model to write; FLOW/intents.npz else.")] = None,
    backend: BackendOption = "",
    as_json: Json = False,
) -> None:
    """Learn from the examples and the flow's phrases; needs scikit-learn (extra: train)."""
    need_training()
    from ivr.training.intents.examples_file import read_examples
    from ivr.training.intents.flow_examples import with_phrases
    from ivr.training.intents.learning import FOR_SPEECH, train

    folder = _flow_folder(flow)
    given = read_examples(examples or folder / EXAMPLES_NAME)
    if given.phrases:
        given = with_phrases(given, load_book(flow or folder))
    backend, student = chosen_backend(backend, given.examples)
    with _status() as status:
        trained = train(given, replace(FOR_SPEECH, backend=backend), status.update, student)
    path = out or folder / MODEL_NAME
    save_model(trained.model, path)
    facts = {
        "model": str(path),
        "backend": backend,
        "bytes": path.stat().st_size,
        "intents": len(given.intents),
        "examples": len(given.examples),
        "unseen_right": trained.closed,
        "unseen_right_and_accepted": trained.in_scope,
        "foreign_refused": trained.refused,
    }
    if as_json:
        print(json.dumps(facts, indent=2))
        return
    print(f"{len(given.examples)} examples of {len(given.intents)} intents -> {path}")
    print(f"backend                               {backend}")
    print(f"size                                  {path.stat().st_size / 1e6:.1f} MB")
    print(f"right on unseen examples              {trained.closed:.1%}")
    print(f"right and accepted                    {trained.in_scope:.1%}")
    if trained.refused is not None:
        print(f"out-of-scope examples refused         {trained.refused:.1%}")


@app.command("eval")
def evaluate_intents(
    test: Annotated[
        Path | None,
        typer.Option(help="CSV text,category or CLINC150 JSON to measure on; the dev part else."),
    ] = None,
    corpus: Annotated[
        str, typer.Option(help="banking77 or clinc150; by the form of --test else.")
    ] = "",
    data: DataOption = None,
    model: ModelOption = None,
    backend: BackendOption = "",
    worst: Annotated[int, typer.Option(min=0, help="Show so many commonest mistakes.")] = 0,
    as_json: Json = False,
) -> None:
    """Measure a model, or one trained on a public corpus, on sentences it was not trained on.

    With --model, the test file is read by that model. Without, the public part of the corpus is
    trained on first (kept for the next time), which takes a minute or two.
    """
    from ivr.training.intents.evaluation import confusions, evaluate

    if model is not None:
        if test is None:
            raise SettingsError("--model needs --test: what shall it be measured on?")
        from ivr.training.intents.corpora import read_test

        used, examples, told = load_model(model), tuple(read_test(test)), str(test)
    else:
        need_training()
        from ivr.training.intents.benchmark import trained_for
        from ivr.training.intents.corpora import corpus_of, load_corpus

        name = corpus or (corpus_of(test) if test else "banking77")
        part = load_corpus(name, data or corpora_folder(), test)
        backend, student = chosen_backend(backend, part.train)
        with _status() as status:
            used = trained_for(part, cache_folder(), status.update, backend, student)
        examples, told = part.test, part.tested_on
    result = evaluate(used.read_one, examples)
    mistakes = confusions(used.read_one, examples, worst) if worst else []
    if as_json:
        facts = {"test": told, "backend": used.backend, **asdict(result), "mistakes": mistakes}
        print(json.dumps(facts, indent=2))
        return
    _show_result(f"{told}, {used.backend}", result)
    for meant, name, count in mistakes:
        print(f"{count:5}  {meant or 'out of scope'} -> {name or 'out of scope'}")


@app.command("teach")
def teach_student(
    data: DataOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Student to write; the project's own else.")
    ] = None,
) -> None:
    """Teach the English sentence student; needs the encoder (extra: minilm), takes minutes.

    It is taught by the training sentences of the public corpora, without their intents.
    """
    need_training()
    from ivr.training.intents.teaching import GENERAL, public_sentences, teach

    path = out or model_folders()[0] / SHIPPED
    sentences = public_sentences(data or corpora_folder())
    with _status() as status:
        student = teach(sentences, load_encoder(), GENERAL, status.update)
    save_student(student, path)
    print(f"{len(sentences)} sentences, {len(student.vocabulary)} pieces -> {path}")
    print(f"size  {path.stat().st_size / 1e6:.1f} MB")


@app.command("try")
def try_sentences(
    sentences: Annotated[list[str], typer.Argument(metavar="SENTENCE...")],
    model: ModelOption = None,
    as_json: Json = False,
) -> None:
    """Read sentences as the hotline would."""
    used = load_model(model or _flow_folder(None) / MODEL_NAME)
    readings = [(text, used.read(text)) for text in sentences]
    if as_json:
        rows = [_record(text, reading) for text, reading in readings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for text, reading in readings:
        print(text)
        for one in (reading, *reading.also):
            print(f"  {_line(one)}")


def show_understanding(limit: int = 0, data: Path | None = None, as_json: bool = False) -> None:
    """The table of `ivr bench understanding`: public corpora by each method.

    `limit` takes so many intents of each only; 0 takes all.
    """
    need_training()
    from ivr.training.intents.benchmark import table

    rows: list[Row] = []
    with _status() as status:
        folder, student = data or corpora_folder(), shipped_student(model_folders())
        for row in table(folder, cache_folder(), limit, status.update, student):
            rows.append(row)
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    shown = Table(box=None, pad_edge=False)
    shown.add_column("corpus (dev)")
    shown.add_column("method")
    for name in ("in scope", "closed", "refused", "us/query", "queries"):
        shown.add_column(name, justify="right")
    for row in rows:
        result = row.result
        shown.add_row(
            row.corpus, row.method, f"{result.in_scope:.1%}", f"{result.closed:.1%}",
            "-" if result.refused is None else f"{result.refused:.1%}",
            f"{result.microseconds:.0f}", str(result.sentences),
        )  # fmt: skip
    Console(highlight=False).print(shown)


def _flow_folder(flow: Path | None) -> Path:
    if flow is None:
        settings = load_settings()
        flow = settings.path(settings.paths.flow)
    return flow if flow.is_dir() else flow.parent


@contextmanager
def _status() -> Iterator[Status]:
    with Console(stderr=True, highlight=False).status("reading") as status:
        yield status


def _show_result(told: str, result: "Result") -> None:
    print(f"{told}: {result.sentences} sentences")
    print(f"accuracy, all sentences        {result.accuracy:7.2%}")
    print(f"in scope, refusals are wrong   {result.in_scope:7.2%}")
    print(f"in scope, nothing refused      {result.closed:7.2%}")
    if result.refused is not None:
        print(f"out of scope refused           {result.refused:7.2%}")
    print(f"time a query                   {result.microseconds:6.0f} us")


def _line(reading: IntentReading) -> str:
    told = reading.why.split("; also")[0]
    if reading.info is None:
        return told
    label = reading.info.labels.get("zh", "")
    return f"{told}  [{reading.info.group}, {reading.info.urgency}] {label}".rstrip()


def _record(text: str, reading: IntentReading) -> dict[str, Any]:
    return {
        "text": text,
        "intents": list(reading.names),
        "in_scope": round(reading.in_scope, 4),
        "guesses": {one.name: round(one.probability, 4) for one in reading.guesses},
        "class": reading.info.group if reading.info else "",
        "urgency": reading.info.urgency if reading.info else "",
        "why": reading.why,
    }
