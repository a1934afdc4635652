"""The engine: `step` turns a state and an event into the next state and what is to be done."""

from dataclasses import replace
from typing import Any

from ivr.dialogue import annoyance, commands, events
from ivr.dialogue.actions import Action, Explain, HangUp
from ivr.dialogue.events import Event
from ivr.dialogue.kinds.registry import behaviour_of
from ivr.dialogue.kinds.transfer import end_after, start_transfer
from ivr.dialogue.ordering import order_fault, place_of
from ivr.dialogue.state import State, Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.model import FlowBook
from ivr.flow.need import MIN_PROFICIENCY, Need
from ivr.flow.nodes.transfer import Transfer
from ivr.ports import TransferOutcome, Utterance

KEYS = frozenset("0123456789*#ABCD")
_TAKES_KEYS = (Waiting.PROMPT, Waiting.INPUT, Waiting.LOOKUP, Waiting.RECORDING)

UNANSWERED = (TransferOutcome.NO_ANSWER, TransferOutcome.BUSY, TransferOutcome.FAILED)

MAX_FAILURES = 1
"""Failures of the flow itself that a call survives, by way of the operator."""


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

    A fault of the flow itself (a node that is not in this book, a flow that walks in circles) is
    explained, then the caller hears the apology and goes to the operator; a second one, or a flow
    without an operator, ends the call with the reason `flow_failed`.
    """
    if state.ended:
        return state, ()
    try:
        talk = Talk(book, state)
        _take(talk, event)
        _walk(talk)
    except Exception as error:  # whatever it is, the caller must not be left in silence
        return _recover(book, state, event, error)
    return talk.state, tuple(talk.actions)


def _walk(talk: Talk) -> None:
    """Enter node after node until one waits for something."""
    while (node := talk.entering()) is not None:
        behaviour_of(node).entered(talk, node)


def _take(talk: Talk, event: Event) -> None:
    waiting = talk.state.waiting
    match event:
        case events.CallerHungUp():
            talk.end("caller_hung_up")
        case events.CallStarted():
            if waiting is Waiting.START:
                _begin(talk, event)
        case _ if waiting is Waiting.START:
            pass
        case events.OrderGiven():
            _order(talk, event)
        case events.PromptEnded():
            if event.serial and event.serial == talk.state.saying:
                talk.change(saying=0)
                behaviour_of(talk.node).prompt_ended(talk, talk.node)
        case events.TimerRang():
            if event.serial and event.serial == talk.state.timer:
                talk.change(timer=0)
                behaviour_of(talk.node).timer_rang(talk, talk.node)
        case events.KeyPressed():
            if event.key in KEYS and waiting in _TAKES_KEYS:
                behaviour_of(talk.node).key(talk, talk.node, event.key)
        case events.RecordingEnded():
            if waiting is Waiting.RECORDING and event.serial == talk.state.errand:
                talk.change(errand=0)
                behaviour_of(talk.node).recording_ended(talk, talk.node, event)
        case events.LookupEnded():
            if waiting is Waiting.LOOKUP and event.serial == talk.state.errand:
                talk.change(errand=0)
                behaviour_of(talk.node).lookup_ended(talk, talk.node, event)
        case events.TransferEnded():
            if waiting is Waiting.TRANSFER and event.serial == talk.state.errand:
                if event.outcome is TransferOutcome.WITHDRAWN:
                    return  # the order that withdrew the caller comes next, and says where to
                talk.change(errand=0)
                _transfer_ended(talk, event)
        case events.SpeechBegan() | events.Heard():
            _spoken(talk, event)


def _spoken(talk: Talk, event: events.SpeechBegan | events.Heard) -> None:
    """Speech counts only while we listen; the end of a turn may come without its beginning."""
    state = talk.state
    if not state.listening or state.waiting is not Waiting.INPUT:
        return
    behaviour = behaviour_of(talk.node)
    if isinstance(event, events.Heard):
        _feel(talk, event.utterance)
        behaviour.heard(talk, talk.node, event.utterance)
    elif not state.speaking:
        behaviour.speech_began(talk, talk.node)


def _feel(talk: Talk, utterance: Utterance) -> None:
    """Keep how annoyed the caller sounds; signs worth telling are explained."""
    before = talk.state.mood.annoyed
    mood, reading = annoyance.read(talk.state.mood, utterance)
    talk.change(mood=mood)
    turned = mood.annoyed and not before
    if turned or reading.estimate >= annoyance.WORTH_TELLING:
        verdict = "the caller is annoyed" if turned else "signs of annoyance"
        reasons = "; ".join(reading.reasons) or "rising for three turns"
        talk.explain(
            f"{verdict}, estimate {reading.estimate:.2f}: {reasons}",
            annoyance=reading.estimate,
            annoyed=mood.annoyed,
            reasons=list(reading.reasons),
        )


def _begin(talk: Talk, event: events.CallStarted) -> None:
    talk.change(**_known(event))
    talk.go(talk.flow.start.node)


def _known(event: events.CallStarted) -> dict[str, Any]:
    """What a state keeps of the beginning of its call."""
    return {
        "call_id": event.call_id,
        "caller": event.caller,
        "called": event.called,
        "now": event.now,
        "profile": dict(event.profile),
        "callbacks": event.callbacks,
    }


def _order(talk: Talk, event: events.OrderGiven) -> None:
    """A supervisor's order; one that cannot be obeyed now changes nothing but is explained."""
    if fault := order_fault(talk.book, talk.state, event):
        talk.explain(f"order {event.kind} {event.argument!r} refused: {fault}")
        return
    talk.explain(f"order: {event.kind} {event.argument}".rstrip())
    talk.hush()
    if event.kind == "hangup":
        talk.hang_up("ordered")
        return
    talk.stop_listening()
    talk.drop_recording()
    talk.change(errand=0, typed="")
    place = place_of(talk.book, talk.state, event.argument) if event.kind == "goto" else None
    if place is not None:
        commands.unwind(talk, place.depth)
        talk.go(place.node)
    elif event.kind == "takeover":
        start_transfer(talk, Need(), taker=event.argument)
    else:
        start_transfer(talk, Need({event.argument: MIN_PROFICIENCY}))


def _transfer_ended(talk: Talk, event: events.TransferEnded) -> None:
    node = talk.node
    if event.outcome in UNANSWERED:
        talk.change(attempts=talk.state.attempts + 1)
    if event.outcome is TransferOutcome.RETURNED:
        talk.explain("whoever was to take the caller over is gone")
        talk.go(node.name)
    elif isinstance(node, Transfer):
        behaviour_of(node).transfer_ended(talk, node, event)
    else:
        # A supervisor had ordered it from some other node.
        talk.explain(f"ordered transfer: {event.outcome}", outcome=event.outcome.value)
        if event.outcome in (TransferOutcome.ANSWERED, TransferOutcome.ABANDONED):
            end_after(talk, event.outcome)
        else:
            talk.go(node.name)


def _recover(
    book: FlowBook, state: State, event: Event, error: Exception
) -> tuple[State, tuple[Action, ...]]:
    """The flow failed in this step: what it had done in it is forgotten, the operator is next."""
    why = f"the flow failed: {type(error).__name__}: {error}"
    failed = replace(state, failures=state.failures + 1, pending=None, typed="", keys="")
    if isinstance(event, events.CallStarted):
        failed = replace(failed, **_known(event))
    try:
        talk = Talk(book, failed)
        talk.explain(why)
        talk.drop_recording()
        talk.change(errand=0)
        if failed.failures <= MAX_FAILURES and commands.to_operator(talk):
            talk.hush()
            talk.stop_listening()
            talk.say(talk.flow.apology)
            _walk(talk)
            return talk.state, tuple(talk.actions)
    except Exception as again:
        why = f"{why}; then {type(again).__name__}: {again}"
    ended = replace(
        failed, waiting=Waiting.NOTHING, outcome="flow_failed", saying=0, timer=0, errand=0,
        listening=False, speaking=False,
    )  # fmt: skip
    return ended, (Explain(why, {"node": state.node}), HangUp("flow_failed"))


__all__ = ["start", "step"]
