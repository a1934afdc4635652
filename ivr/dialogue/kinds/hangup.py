"""Hangup: says goodbye and ends the call."""

from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.hangup import Hangup


class HangupBehaviour(Behaviour[Hangup]):
    def entered(self, talk: Talk, node: Hangup) -> None:
        talk.stop_listening()
        talk.say(node.prompt)
        if talk.state.saying:
            talk.wait(Waiting.PROMPT)
        else:
            talk.hang_up(node.reason)

    def prompt_ended(self, talk: Talk, node: Hangup) -> None:
        talk.hang_up(node.reason)

    def key(self, talk: Talk, node: Hangup, key: str) -> None:
        """A key means nothing any more."""
