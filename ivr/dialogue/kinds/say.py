"""Say: speaks to the end, or until a key cuts it short."""

from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.say import Say


class SayBehaviour(Behaviour[Say]):
    def entered(self, talk: Talk, node: Say) -> None:
        talk.stop_listening()
        if talk.state.typed and node.bargein:
            talk.go(node.goto.node)  # whoever keys ahead knows what is said here
            return
        talk.say(node.prompt)
        if talk.state.saying:
            talk.wait(Waiting.PROMPT)
        else:
            talk.go(node.goto.node)

    def prompt_ended(self, talk: Talk, node: Say) -> None:
        talk.go(node.goto.node)

    def key(self, talk: Talk, node: Say, key: str) -> None:
        talk.type_ahead(key)
        if node.bargein:
            talk.hush()
            talk.go(node.goto.node)
