"""`ivr console`: a typed call in the terminal, on a virtual clock."""

import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.cli.call_view import CallView
from ivr.cli.test import agents_of, write
from ivr.dialogue.engine import KEYS
from ivr.dialogue.exits import traced
from ivr.dialogue.simulator import DEFAULT_NOW, LookupAnswer, Simulator
from ivr.dialogue.state import Waiting
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.ports import TransferOutcome
from ivr.rehearsal.performance import mocked, spoken_first
from ivr.rehearsal.recording import Notebook
from ivr.server.settings import load_settings

HELP = """\
words          what the caller says, once it is their turn
!words         the same, cutting in on what the bot was just saying
/key 1         one key             /keys 6688     several
/silence 5     say nothing for 5 seconds
/agent WHAT    how the transfer ends: answers, no_answer, busy, failed
/mock L EXIT   what lookup L gives from now on: ok a=1 b=text, or a failure
/state         all that the call knows
/hangup        the caller hangs up    /quit     leave"""

AGENT_WORDS = {"answers": TransferOutcome.ANSWERED}


def console(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    start: Annotated[str, typer.Option(help="The flow that the call begins with.")] = "",
    language: Annotated[str, typer.Option(help="The language that the call begins in.")] = "",
    caller: Annotated[str, typer.Option("--as", help="The caller's number.")] = "",
    now: Annotated[str, typer.Option(help="When it is, ISO 8601 with offset.")] = DEFAULT_NOW,
    record: Annotated[
        Path | None, typer.Option(help="Write what you did as a test to this file.")
    ] = None,
) -> None:
    """Talk to a flow by typing; time passes only as far as the call needs."""
    settings = load_settings()
    path = flow or settings.path(settings.paths.flow)
    book = traced(load_book(path))
    name = first_flow(book, start, path.stem)
    screen = Console(highlight=False)
    simulator = Simulator(spoken_first(book, name, language), name, caller=caller, now=now)
    notes = Notebook(name, record.stem if record else "recorded", language)
    _Rehearsal(simulator, CallView(screen, agents_of(settings)(book)), notes, screen).run()
    if record is not None:
        write(record, notes.text)
        screen.print(f"written to {record}", style="dim", soft_wrap=True)


def first_flow(book: FlowBook, wanted: str, stem: str) -> str:
    """The flow to begin with: the one wanted, else the folder's or file's own, else the first.

    Raises:
        FlowError: if there is no flow of the wanted name.
    """
    if wanted:
        return book.flow(wanted).name
    return stem if stem in book.flows else next(iter(book.flows))


class _Rehearsal:
    """Reads lines until the call is over; a line that makes no sense changes nothing."""

    def __init__(
        self, simulator: Simulator, view: CallView, notes: Notebook, screen: Console
    ) -> None:
        self._call = simulator
        self._before = simulator
        self._view = view
        self._notes = notes
        self._screen = screen
        self._mocks: dict[str, LookupAnswer] = {}
        self._slots: dict[str, object] = {}
        self._language = simulator.state.language
        self._commands: dict[str, Callable[[str], bool]] = {
            "silence": self._silence,
            "key": self._keys,
            "keys": self._keys,
            "agent": self._agent,
            "mock": self._mock,
            "state": self._state,
            "help": self._help,
            "hangup": self._hang_up,
        }
        simulator.lookups = lambda asked: mocked(self._mocks, asked)

    def run(self) -> None:
        self._screen.print("Say something, or /help. Time is virtual.", style="dim")
        self._call.start()
        self._go_on()
        while not self._call.state.ended:
            line = self._read()
            if line is None or line in ("/quit", "/exit"):
                break
            with_effect = self._obey(line) if line else False
            if with_effect:
                self._go_on()
                self._expect()

    def _read(self) -> str | None:
        """The next line, without blanks around it; None at the end of the input."""
        if sys.stdin.isatty():
            with contextlib.suppress(ImportError):
                import readline  # noqa: F401 - input() then edits lines and remembers them
        try:
            line = input("> ").strip()
        except (EOFError, KeyboardInterrupt):
            self._screen.print()
            return None
        if not sys.stdin.isatty():
            self._screen.print(line, markup=False, style="bold")
        return line

    def _go_on(self) -> None:
        """Show what happened, let the bot speak out, and remember how it was before that."""
        self._before = self._call.copy()
        self._call.until_turn()
        self._view.show(self._call)

    def _obey(self, line: str) -> bool:
        """Do what a line says; False if nothing happened to the call."""
        if not line.startswith("/"):
            return self._say(line)
        name, _, argument = line[1:].partition(" ")
        command = self._commands.get(name)
        if command is None:
            return self._refuse(f"there is no /{name}; see /help")
        return command(argument.strip())

    def _refuse(self, why: str) -> bool:
        self._screen.print(why, style="red", markup=False)
        return False

    # -- what the caller does ------------------------------------------------------------------

    def _say(self, line: str) -> bool:
        cutting_in = line.startswith("!")
        words = line.removeprefix("!").strip()
        if not words:
            return False
        if self._call.state.waiting is Waiting.TRANSFER:
            return self._refuse("the caller waits for an agent: /agent answers, or /hangup")
        if cutting_in:
            self._call = self._before
            self._view.back_to(self._call)
            self._call.say(words, barge_in=0.5)
            self._notes.step("caller", {"say": words, "barge_in": 0.5})
        else:
            self._call.say(words)
            self._notes.step("caller", words)
        return True

    def _keys(self, argument: str) -> bool:
        if not argument or not set(argument) <= KEYS:
            return self._refuse("keys are 0-9, * and #")
        self._call.press(argument)
        self._notes.step("dtmf", argument)
        return True

    def _silence(self, argument: str) -> bool:
        try:
            seconds = float(argument or 5)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds <= 3600:
            return self._refuse("silence is a number of seconds, such as /silence 5")
        self._call.wait(seconds)
        self._notes.step("silence", seconds)
        return True

    def _hang_up(self, argument: str) -> bool:
        self._call.hang_up()
        self._notes.step("hangup", True)
        return True

    # -- what the world does -------------------------------------------------------------------

    def _agent(self, argument: str) -> bool:
        try:
            outcome = AGENT_WORDS.get(argument) or TransferOutcome(argument)
        except ValueError:
            return self._refuse("an agent answers, or it is no_answer, busy, failed or abandoned")
        if self._call.transfer is None:
            return self._refuse("no transfer is under way")
        self._call.end_transfer(outcome)
        self._notes.step("transfer", str(outcome))
        return True

    def _mock(self, argument: str) -> bool:
        name, *rest = argument.split() or [""]
        if not name or not rest:
            return self._refuse("write /mock LOOKUP ok name=value ..., or /mock LOOKUP timeout")
        pairs = dict(pair.split("=", 1) for pair in rest[1:] if "=" in pair)
        values = {key: _value(text) for key, text in pairs.items()}
        self._mocks[name] = LookupAnswer(rest[0], values)
        self._notes.step("mock", {name: {"exit": rest[0], "values": values}})
        return False

    # -- looking -------------------------------------------------------------------------------

    def _state(self, argument: str) -> bool:
        self._view.show_state(self._call)
        return False

    def _help(self, argument: str) -> bool:
        self._screen.print(HELP, markup=False)
        return False

    def _expect(self) -> None:
        """Write into the test what has become of the call by this step."""
        state = self._call.state
        found: dict[str, object] = {}
        if state.ended:
            found["ended"] = state.outcome
        elif self._call.transfer is not None:
            found["transfer"] = next(iter(self._call.transfer.need.skills), "")
        else:
            found["node"] = state.node
        slots = {name: value for name, value in state.slots.items() if value is not None}
        new = {key: one for key, one in slots.items() if self._slots.get(key) != one}
        if new:
            found["slots"] = new
        if state.language != self._language:
            found["language"] = state.language
        self._slots, self._language = dict(slots), state.language
        self._notes.expect(found)


def _value(text: str) -> str | int | float | bool:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text
