"""Helpers for tests of the dialogue: the small clinic's flow, and steps written shortly."""

from pathlib import Path

from ivr.dialogue import actions, engine, events
from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.state import State
from ivr.flow.library import load_book, read_texts
from ivr.flow.model import FlowBook
from ivr.ports import Utterance, Word

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(__file__).parent / "data"
CLINIC = load_book(DATA / "clinic.yaml")
PHARMACY = FlowBook(
    read_texts({n: (DATA / f"{n}.yaml").read_text("utf-8") for n in ("pharmacy", "order")})[0], "v"
)
STARTED = events.CallStarted("c1", "13800000000", "95500", "2026-01-05T10:00:00+08:00")


def utterance(text: str, confidence: float = 1.0, language: str = "zh") -> Utterance:
    words = tuple(Word(word, confidence, 0.0, 0.3) for word in text.split())
    return Utterance(words, language, 1.0)


def heard(text: str, confidence: float = 1.0) -> events.Heard:
    return events.Heard(utterance(text, confidence))


class Stepper:
    """Feeds events to the engine and keeps the last actions."""

    def __init__(self, flow: str = "clinic", book: FlowBook = CLINIC) -> None:
        self.book = book
        self.state: State = engine.start(book, flow)
        self.actions: tuple[Action, ...] = ()

    def take(self, *happened: Event) -> tuple[Action, ...]:
        """The actions that answer the last of these events."""
        for event in happened:
            self.state, self.actions = engine.step(self.book, self.state, event)
        return self.actions

    def at_main(self) -> "Stepper":
        """Called, greeted, and at the main menu with its prompt still being said."""
        self.take(STARTED)
        self.prompt_ends()
        assert self.state.node == "main"
        return self

    def prompt_ends(self) -> tuple[Action, ...]:
        return self.take(events.PromptEnded(self.state.saying))

    def timer_rings(self) -> tuple[Action, ...]:
        return self.take(events.TimerRang(self.state.timer))

    def keys(self, keys: str) -> tuple[Action, ...]:
        return self.take(*(events.KeyPressed(key) for key in keys))

    def says(self, text: str, confidence: float = 1.0) -> tuple[Action, ...]:
        return self.take(events.SpeechBegan(), heard(text, confidence))

    @property
    def said(self) -> str:
        """What the last actions say to the caller."""
        prompts = [a for a in self.actions if isinstance(a, actions.PlayPrompt)]
        return " ".join(s.text for prompt in prompts for s in prompt.segments)

    def of(self, kind: type[Action]) -> list[Action]:
        return [action for action in self.actions if isinstance(action, kind)]
