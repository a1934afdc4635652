"""Performance: one written conversation played on a stage, and what went otherwise."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ivr.dialogue.actions import StartLookup
from ivr.dialogue.simulator import LookupAnswer, Simulator
from ivr.flow.model import FlowBook
from ivr.rehearsal.expectation import Failure, QueueOf, Scene, failures, reasons
from ivr.rehearsal.script import Conversation, Keys, Speech, Step
from ivr.rehearsal.stage import Stage

FLOW_FAILED = "the flow failed"
"""How the engine begins its reason for such a fault."""

WORLD = frozenset({"order", "transfer", "mock"})
"""Steps that are not the caller's: nothing new counts as heard since them."""


@dataclass(slots=True)
class Performance:
    """A conversation that has been played; no `failures` means that all went as written."""

    conversation: Conversation
    stage: Stage
    failures: list[Failure] = field(default_factory=list)


def typed_stage(book: FlowBook, conversation: Conversation) -> Simulator:
    """The stage on which words arrive as they are written."""
    return Simulator(
        spoken_first(book, conversation.flow, conversation.language),
        conversation.flow,
        caller=conversation.caller,
        called=conversation.called,
        now=conversation.now,
        profile=conversation.profile,
        callbacks=conversation.callbacks,
    )


def spoken_first(book: FlowBook, flow: str, language: str) -> FlowBook:
    """The book with `language` as the one the flow begins in; none changes nothing.

    Raises:
        FlowError: if there is no such flow.
    """
    found = book.flow(flow)
    if not language or language == found.languages[0]:
        return book
    others = (one for one in found.languages if one != language)
    return replace(book, flows={**book.flows, flow: replace(found, languages=(language, *others))})


def perform(
    conversation: Conversation, stage: Stage, queue_of: QueueOf | None = None
) -> Performance:
    """Play a conversation to its end. Every expectation that fails is noted, none stops it."""
    played = Performance(conversation, stage)
    scene = Scene(stage, queue_of)
    mocks = dict(conversation.mocks)
    stage.lookups = lambda asked: mocked(mocks, asked)
    stage.start()
    for step in conversation.steps:
        if step.kind == "expect":
            stage.until_turn()
            played.failures += failures(scene, step.value)
        elif step.kind == "mock":
            mocks |= step.value
        else:
            _happen(scene, step)
    played.failures += _breakdowns(conversation, stage)
    return played


def _breakdowns(conversation: Conversation, stage: Stage) -> list[Failure]:
    """Faults of the flow itself, from which the engine saved the call: no test expects one."""
    return [
        Failure("flow", "no fault", why, conversation.place)
        for why in reasons(stage.log)
        if why.startswith(FLOW_FAILED)
    ]


def mocked(mocks: Mapping[str, LookupAnswer], asked: StartLookup) -> LookupAnswer:
    """The answer written for a lookup, by its name or by `flow.name`; else it fails."""
    name = asked.lookup.rpartition(".")[2]
    return mocks.get(asked.lookup) or mocks.get(name) or LookupAnswer("failed")


def _happen(scene: Scene, step: Step) -> None:
    stage = scene.stage
    if step.kind not in WORLD:
        if getattr(step.value, "barge_in", False) is False:
            stage.until_turn()
        scene.since_line, scene.since_log = len(stage.lines), len(stage.log)
    elif step.kind == "transfer":
        scene.since_log = len(stage.log)
    _DOINGS[step.kind](stage, step.value)
    scene.since_time = stage.time


def _say(stage: Stage, speech: Speech) -> None:
    stage.say(speech.text, confidence=speech.confidence, barge_in=speech.barge_in)


def _press(stage: Stage, keys: Keys) -> None:
    stage.press(keys.keys, barge_in=keys.barge_in)


_DOINGS: Mapping[str, Callable[[Stage, Any], None]] = {
    "caller": _say,
    "dtmf": _press,
    "silence": lambda stage, seconds: stage.wait(seconds),
    "hangup": lambda stage, _: stage.hang_up(),
    "transfer": lambda stage, outcome: stage.end_transfer(outcome),
    "order": lambda stage, order: stage.order(*order),
}
