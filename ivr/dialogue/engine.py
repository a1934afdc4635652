"""The engine: `step` turns a state and an event into the next state and what is to be done."""

from ivr.dialogue.actions import Action
from ivr.dialogue.events import Event
from ivr.dialogue.state import State
from ivr.flow.model import FlowBook


def start(book: FlowBook, flow: str) -> State:
    """The state of a call that has not begun; feed it `CallStarted`.

    Raises:
        FlowError: if the book has no such flow.
    """
    found = book.flow(flow)
    return State(flow=found.name, version=book.version, language=found.languages[0])


def step(book: FlowBook, state: State, event: Event) -> tuple[State, tuple[Action, ...]]:
    """Pure and deterministic; never raises for any event of any call.

    Every action is to be obeyed in order. Stale serials and events that do not fit what the talk
    waits for give the same state and no actions. After HangUp or CallerHungUp nothing follows.
    """
    raise NotImplementedError
