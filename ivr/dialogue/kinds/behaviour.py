"""Behaviour: what a kind of node does at each thing that can happen to it."""

from typing import Generic, TypeVar

from ivr.dialogue.events import LookupEnded, RecordingEnded, TransferEnded
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.base import Node
from ivr.ports import Utterance

N = TypeVar("N", bound=Node)


class Behaviour(Generic[N]):
    """Stateless. Each method is called only when the event fits what the talk waits for.

    A key pressed where no question stands is kept for the next one; all else is ignored unless a
    kind says otherwise.
    """

    def entered(self, talk: Talk, node: N) -> None:
        raise NotImplementedError

    def prompt_ended(self, talk: Talk, node: N) -> None:
        """The last prompt said is over."""

    def key(self, talk: Talk, node: N, key: str) -> None:
        talk.type_ahead(key)

    def speech_began(self, talk: Talk, node: N) -> None: ...

    def heard(self, talk: Talk, node: N, utterance: Utterance) -> None: ...

    def timer_rang(self, talk: Talk, node: N) -> None: ...

    def recording_ended(self, talk: Talk, node: N, event: RecordingEnded) -> None: ...

    def lookup_ended(self, talk: Talk, node: N, event: LookupEnded) -> None: ...

    def transfer_ended(self, talk: Talk, node: N, event: TransferEnded) -> None: ...
