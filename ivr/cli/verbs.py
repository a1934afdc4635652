"""Verbs: every word that may follow `ivr`, with the file that obeys it, loaded when it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group

DESIGN = "Design menus"
RUN = "Run the hotline"
STEER = "Watch and steer"
LOOK_BACK = "Look back"
PREPARE = "Speech, measuring, simulation"


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb, or a family of them: `part` of the file `ivr/cli/FILE.py`, a dot being a folder."""

    panel: str
    file: str
    part: str
    help: str

    def load(self, name: str) -> Any:
        """The command behind it."""
        part = getattr(import_module(f"ivr.cli.{self.file}"), self.part)
        if isinstance(part, typer.Typer):
            family = get_group(part)
            family.name, family.help = name, self.help
            return family
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command(name, help=self.help)(part)
        return get_command(alone)


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "init": Verb(DESIGN, "init", "init", "Write a small flow to begin with, and its tests."),
        "validate": Verb(
            DESIGN, "validate", "validate", "Check a flow and the agents file; show every fault."
        ),
        "lint": Verb(
            DESIGN, "lint", "lint", "Find what callers would stumble over; time to a human."
        ),
        "graph": Verb(DESIGN, "graph", "graph", "Draw a flow: SVG, Mermaid, or a page to search."),
        "console": Verb(
            DESIGN, "console", "console", "Talk to a flow by typing, on a virtual clock."
        ),
        "talk": Verb(DESIGN, "talk", "talk", "Talk to a flow by voice, or with sound files."),
        "test": Verb(
            DESIGN, "test", "test", "Play written conversations; coverage, JUnit, --audio."
        ),
        "replay": Verb(
            DESIGN, "replay", "replay_calls", "Journalled calls against the flows of today."
        ),
        "publish": Verb(DESIGN, "publish", "publish", "Put the draft of the flows in force."),
        "rollback": Verb(DESIGN, "publish", "rollback", "Put an earlier version in force again."),
        "versions": Verb(DESIGN, "publish", "versions", "List the published versions."),
        "diff": Verb(DESIGN, "publish", "diff", "What changed, in nodes, choices and prompts."),
        "flows": Verb(DESIGN, "flows", "app", "The JSON Schema of flow files."),
        "grammar": Verb(DESIGN, "grammar", "app", "What callers may say, in the model's words."),
        "intents": Verb(DESIGN, "intents", "app", "Open questions: train, measure, try."),
        "prompts": Verb(DESIGN, "prompts", "app", "What the hotline says: pre-render, list."),
        "serve": Verb(RUN, "serve", "serve", "Run the hotline until Ctrl-C."),
        "agents": Verb(RUN, "agents", "app", "Who answers, and who would get a call."),
        "callers": Verb(RUN, "callers", "app", "Who called before, and what knowing it saves."),
        "callbacks": Verb(RUN, "callbacks", "app", "Calls that the hotline has promised."),
        "tokens": Verb(RUN, "tokens", "app", "Who may use the control API over TCP."),
        "asterisk": Verb(RUN, "asterisk", "app", "The private Asterisk: fetch, start, stop."),
        "top": Verb(STEER, "top", "top", "The supervisor's live board: watch and steer calls."),
        "calls": Verb(
            STEER, "calls.verb", "app", "Calls that go on, and past ones: look and steer."
        ),
        "queues": Verb(
            STEER, "queues", "queues", "Who waits where, how long, and who could answer."
        ),
        "alarms": Verb(STEER, "queues", "alarms", "What needs somebody now."),
        "search": Verb(LOOK_BACK, "search", "search", "Find past calls by what was said in them."),
        "explain": Verb(
            LOOK_BACK,
            "explain",
            "explain",
            "Why a call got this queue, this priority, this agent.",
        ),
        "whatif": Verb(
            LOOK_BACK, "explain", "whatif", "Journalled calls again, with other settings."
        ),
        "report": Verb(
            LOOK_BACK,
            "report",
            "report",
            "Volume, service level, containment; charts and a page.",
        ),
        "record": Verb(LOOK_BACK, "record", "app", "The record of calls: export, check, clear."),
        "models": Verb(PREPARE, "models", "app", "Speech models: list, install, build, evaluate."),
        "simulate": Verb(PREPARE, "simulate", "app", "Play calls through the routing code."),
        "bench": Verb(
            PREPARE, "bench.verb", "app", "Measure: turns, hearing, engine, board, record."
        ),
    }
)


class Verbs(TyperGroup):
    """The group of all verbs. Help and completion need their names alone, and load none."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, verb in VERBS.items():
            self.add_command(TyperCommand(name, help=verb.help, rich_help_panel=verb.panel))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that was asked for, loaded now."""
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in VERBS:
            command = VERBS[name].load(name)
        return name, command, rest
