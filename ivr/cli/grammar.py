"""`ivr grammar check`: what each question of a flow listens for, in the words of the model."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ivr.dialogue.node_grammars import NodeGrammar, node_grammars
from ivr.errors import ModelError
from ivr.flow.library import load_book
from ivr.server.settings import Settings, load_settings
from ivr.speech import models
from ivr.speech.grammar_check import PhraseCheck, check_phrases, missing_words
from ivr.speech.lexicon import Lexicon
from ivr.speech.words_file import read_words

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _family() -> None:
    """What callers may say, and whether the model can hear it."""


@app.command()
def check(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    model: Annotated[
        str, typer.Option(help="One model for every language; the settings' own otherwise.")
    ] = "",
    show: Annotated[
        bool, typer.Option("--phrases", help="Show every phrase in the model's words.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit status 1 if a word is missing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON list on stdout.")] = False,
) -> None:
    """Build the grammar of every node and name the words that the model lacks."""
    settings = load_settings()
    book = load_book(flow or settings.path(settings.paths.flow))
    lexicons: dict[str, Lexicon] = {}
    checked = []
    for one in node_grammars(book):
        if one.language not in lexicons:
            lexicons[one.language] = _lexicon(settings, model, one.language)
        said = check_phrases(lexicons[one.language], one.language, one.grammar.vocabulary)
        checked.append((one, said))
    if as_json:
        rows = [_record(one, said) for one, said in checked]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print(checked, show)
    if strict and any(missing_words(said) for _, said in checked):
        raise typer.Exit(1)


def _lexicon(settings: Settings, model: str, language: str) -> Lexicon:
    name = model or settings.speech.models.get(language, "")
    if not name:
        raise ModelError(f"no speech model for language {language!r} in the settings")
    folders = (settings.path(settings.paths.models), models.user_folder())
    return Lexicon.of(read_words(models.find(name, folders) / "graph" / "words.txt"))


def _record(one: NodeGrammar, said: tuple[PhraseCheck, ...]) -> dict[str, Any]:
    return {
        "flow": one.flow,
        "node": one.node,
        "kind": one.kind,
        "language": one.language,
        "place": f"{one.place.file}:{one.place.line}",
        "phrases": len(one.grammar.phrases),
        "slot_words": len(one.grammar.words),
        "missing": list(missing_words(said)),
        "grammar": {phrase.phrase: list(phrase.said) for phrase in said},
    }


def _print(checked: list[tuple[NodeGrammar, tuple[PhraseCheck, ...]]], show: bool) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for name in ("node", "kind", ""):
        table.add_column(name)
    for name in ("phrases", "slot words", "re-cut"):
        table.add_column(name, justify="right")
    table.add_column("missing words")
    for one, said in checked:
        lacking = missing_words(said)
        cut = sum(phrase.re_segmented for phrase in said)
        table.add_row(
            one.node, one.kind, one.language, str(len(one.grammar.phrases)),
            str(len(one.grammar.words)), str(cut), " ".join(lacking), style="red" * bool(lacking),
        )  # fmt: skip
    console.print(table)
    if show:
        for phrase in dict.fromkeys(phrase for _, said in checked for phrase in said):
            console.print(f"{phrase.phrase}  =  {' '.join(phrase.said)}", markup=False)
    lacking = missing_words([phrase for _, said in checked for phrase in said])
    unheard = {phrase.phrase for _, said in checked for phrase in said if phrase.unheard}
    console.print(
        f"{len(checked)} grammars; {len(lacking)} words missing from the model"
        f"; {len(unheard)} phrases cannot be heard at all"
    )
    for text in sorted(unheard):
        console.print(f"cannot be heard: {text}", style="yellow", markup=False)
