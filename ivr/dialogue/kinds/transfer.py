"""Transfer: says so, hands the caller over with the whole story, and goes on by the outcome."""

from dataclasses import replace

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.events import TransferEnded
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import State, Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.need import Need
from ivr.flow.nodes.transfer import Transfer
from ivr.ports import TransferOutcome


class TransferBehaviour(Behaviour[Transfer]):
    def entered(self, talk: Talk, node: Transfer) -> None:
        talk.stop_listening()
        talk.change(typed="")
        talk.say(node.prompt)
        if talk.state.saying:
            talk.wait(Waiting.PROMPT)
        else:
            start_transfer(talk, node.need, node)

    def prompt_ended(self, talk: Talk, node: Transfer) -> None:
        start_transfer(talk, node.need, node)

    def key(self, talk: Talk, node: Transfer, key: str) -> None:
        """A key means nothing any more."""

    def transfer_ended(self, talk: Talk, node: Transfer, event: TransferEnded) -> None:
        way = node.ways.get(event.outcome.value)
        talk.explain(f"transfer: {event.outcome}", outcome=event.outcome.value)
        if way is not None:
            talk.go(way.node)
        else:
            end_after(talk, event.outcome)


def start_transfer(talk: Talk, need: Need, node: Transfer | None = None, taker: str = "") -> None:
    """Hand the caller over now; routing adds the call's language to the skills."""
    state = talk.state
    whisper = talk.segments(node.whisper) if node is not None and node.whisper else ()
    context = {name: str(value) for name, value in state.slots.items() if value is not None}
    context |= {"node": state.node, "intent": state.intent, "language": state.language}
    serial = talk.serial()
    talk.change(errand=serial, timer=0)
    talk.wait(Waiting.TRANSFER)
    talk.explain(
        f"transfer to {taker or ', '.join(need.skills)}"
        + (f" ({need.issue})" if need.issue else ""),
        skills=dict(need.skills),
        language=state.language,
        issue=need.issue,
    )
    talk.do(
        StartTransfer(
            serial,
            _of_this_caller(need, state),
            language=state.language,
            whisper=tuple(whisper),
            context=context,
            taker=taker,
        )
    )


def _of_this_caller(need: Need, state: State) -> Need:
    """`need` with what is known of the caller.

    The node's own tier goes first, then a value of the call named `caller_tier` (which a lookup may
    have brought), then the tier kept of the caller.
    """
    told = state.slots.get("caller_tier") or state.profile.get("tier")
    tier = need.caller_tier or (told if isinstance(told, str) else "")
    signs = {
        "new": state.profile.get("calls") == 0,
        "complained": state.mood.annoyed or state.profile.get("complained") is True,
    }
    history = tuple(name for name, holds in signs.items() if holds and name != tier)
    return replace(need, caller_tier=tier, history=history, attempts=state.attempts)


def end_after(talk: Talk, outcome: TransferOutcome) -> None:
    """The call is over once an agent has had it, or the caller is gone."""
    answered = outcome is TransferOutcome.ANSWERED
    talk.hang_up("transferred" if answered else str(outcome))
