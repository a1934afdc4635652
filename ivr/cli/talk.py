"""`ivr talk`: a call through microphone and loudspeaker, or with sound files for a caller."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ivr.audio.wav import read_pcm, write_wav
from ivr.call.session import Services, Session
from ivr.cli.call_view import CallView
from ivr.cli.console import first_flow
from ivr.cli.test import agents_of
from ivr.dialogue.actions import Action, StartTransfer
from ivr.dialogue.engine import KEYS
from ivr.dialogue.events import CallerHungUp, Event
from ivr.dialogue.exits import traced
from ivr.dialogue.state import State
from ivr.flow.issues import Place
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.ports import TransferOutcome
from ivr.rehearsal.script import Conversation
from ivr.server.settings import Settings, load_settings

ANSWER_SECONDS = 2.0
"""No agents stand behind this call: its transfers count as answered after so long."""


def talk(
    flow: Annotated[
        Path | None, typer.Argument(help="A flow file or folder; the settings' own otherwise.")
    ] = None,
    wav: Annotated[
        list[Path] | None,
        typer.Option(help="Say this sound file at the caller's next turn; may be repeated."),
    ] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="Say the first file as the call begins.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write what the bot says to this wav.")] = None,
    start: Annotated[str, typer.Option(help="The flow that the call begins with.")] = "",
    language: Annotated[str, typer.Option(help="The language that the call begins in.")] = "",
    caller: Annotated[str, typer.Option("--as", help="The caller's number.")] = "",
) -> None:
    """Talk with a flow by voice, through the real detector, recogniser and voice."""
    settings = load_settings()
    path = flow or settings.path(settings.paths.flow)
    book = traced(load_book(path))
    conversation = Conversation(
        name="talk",
        flow=first_flow(book, start, path.stem),
        steps=(),
        place=Place(str(path)),
        caller=caller,
        now="",
        language=language,
    )
    screen = Console(highlight=False)
    view = CallView(screen, agents_of(settings)(book))
    if wav:
        pieces = [(file.name, read_pcm(file)) for file in wav]
        _play_files(settings, book, conversation, view, pieces, from_start=from_start, out=out)
    else:
        asyncio.run(_live(settings, book, conversation, view, screen, out))
    if out is not None:
        screen.print(f"written to {out}", style="dim", soft_wrap=True)


def _play_files(
    settings: Settings,
    book: FlowBook,
    conversation: Conversation,
    view: CallView,
    pieces: list[tuple[str, bytes]],
    *,
    from_start: bool,
    out: Path | None,
) -> None:
    """A call whose caller says the files in turn, then listens, then hangs up."""
    from ivr.cli.studio import studio_of  # loads the speech engine

    with studio_of(settings) as studio:
        stage = studio.stage(book, conversation)
        stage.start()
        for number, (name, pcm) in enumerate(pieces):
            stage.play(pcm, name, barge_in=0.0 if from_start and not number else False)
            stage.until_turn()
            view.show(stage)
        if not stage.state.ended:
            stage.hang_up()
            view.show(stage)
        if out is not None:
            write_wav(out, stage.sound[1])


async def _live(
    settings: Settings,
    book: FlowBook,
    conversation: Conversation,
    view: CallView,
    screen: Console,
    out: Path | None,
) -> None:
    """A call in real time. Raises SettingsError where there is no sound card."""
    from ivr.backend.http_backend import HttpBackend
    from ivr.backend.secrets import load_secrets
    from ivr.cli.sound_card import open_sound_card
    from ivr.cli.studio import model_folders
    from ivr.rehearsal.performance import spoken_first
    from ivr.rehearsal.rehearsed_call import Notes, RehearsedCall, RehearsedTransfers
    from ivr.speech.detectors import detector_maker
    from ivr.speech.espeak_voice import EspeakVoice
    from ivr.speech.prompt_store import PromptStore
    from ivr.speech.recogniser import VoskRecogniser

    async with AsyncExitStack() as stack:
        secrets = load_secrets(settings.path(settings.paths.secrets))
        channel = stack.enter_context(open_sound_card(conversation.caller))
        recogniser = await stack.enter_async_context(VoskRecogniser(model_folders(settings)))
        await recogniser.load()
        voice = await stack.enter_async_context(EspeakVoice())
        cache = settings.path(settings.paths.runs) / "prompts"
        prompts = PromptStore(settings.path(settings.paths.prompts), cache, voice)
        await stack.enter_async_context(prompts)
        services = Services(
            book=spoken_first(book, conversation.flow, conversation.language),
            flow=conversation.flow,
            recogniser=recogniser,
            new_vad=detector_maker(settings.speech.vad, settings.speech.vad_mode),
            prompts=prompts,
            transfers=RehearsedTransfers(prompts),
            messages=settings.path(settings.paths.runs) / "messages",
            backend=await stack.enter_async_context(HttpBackend(secrets)),
        )
        shown = _Watched(view)
        notes = Notes(shown.told)
        shown.transferred = lambda: channel.end_queue(TransferOutcome.ANSWERED)
        call = RehearsedCall(channel, services, notes)
        shown.call, shown.log = call, notes.log
        screen.print("Speak. Digits and Enter press keys; Ctrl-C hangs up.", style="dim")
        with _terminal(channel.press, lambda: call.post(CallerHungUp())):
            await call.run()
        shown.show()
        if out is not None:
            write_wav(out, channel.said)


class _Watched:
    """Shows a live call after each thing that happens in it."""

    def __init__(self, view: CallView) -> None:
        self.call: Session | None = None
        self.log: Sequence[tuple[float, Event | Action]] = ()
        self.transferred: Callable[[], None] = lambda: None
        self._view = view
        self._due = False

    @property
    def state(self) -> State:
        assert self.call is not None
        return self.call.state

    @property
    def timers(self) -> Mapping[int, float]:
        return {}

    def told(self, what: Event | Action) -> None:
        """Show soon, once for all that happens together; a transfer is answered by nobody else."""
        if isinstance(what, StartTransfer):
            asyncio.get_running_loop().call_later(ANSWER_SECONDS, self.transferred)
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_later(0.05, self.show)

    def show(self) -> None:
        self._due = False
        self._view.show(self)


@contextmanager
def _terminal(press: Callable[[str], None], leave: Callable[[], None]) -> Iterator[None]:
    """Lines of digits press keys, Ctrl-C hangs up."""
    loop = asyncio.get_running_loop()

    def typed() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin)
        for key in line.strip():
            if key in KEYS:
                press(key)

    loop.add_signal_handler(signal.SIGINT, leave)
    if sys.stdin.isatty():
        loop.add_reader(sys.stdin, typed)
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        if sys.stdin.isatty():
            loop.remove_reader(sys.stdin)
