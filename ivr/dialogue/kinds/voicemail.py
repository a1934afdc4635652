"""Voicemail: asks for a message, has it recorded, and goes on by what was left."""

from ivr.dialogue import commands
from ivr.dialogue.actions import StartRecording, StopRecording
from ivr.dialogue.events import RecordingEnded
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.nodes.voicemail import Voicemail

AGAIN_KEY = "*"
"""Forgets the message so far and begins anew."""

LATE_SECONDS = 10.0
"""How long after its longest the end of a recording may still come."""


class VoicemailBehaviour(Behaviour[Voicemail]):
    def entered(self, talk: Talk, node: Voicemail) -> None:
        talk.stop_listening()
        talk.change(typed="")
        talk.say(node.prompt)
        if talk.state.saying:
            talk.wait(Waiting.PROMPT)
        else:
            self._record(talk, node)

    def prompt_ended(self, talk: Talk, node: Voicemail) -> None:
        if talk.state.waiting is Waiting.PROMPT:
            self._record(talk, node)

    def key(self, talk: Talk, node: Voicemail, key: str) -> None:
        talk.hush()
        name = commands.by_key(talk, key)
        if talk.state.waiting is Waiting.PROMPT and key == node.finish_on_key:
            self._record(talk, node)  # whoever knows the prompt goes straight to the tone
        elif key == node.finish_on_key:
            talk.explain(f"key {key}: the message is whole", how="key")
            talk.do(StopRecording(talk.state.errand))
        elif talk.state.waiting is Waiting.RECORDING and key == AGAIN_KEY:
            talk.explain(f"key {key}: the message begins anew", how="key")
            talk.drop_recording()
            self._record(talk, node)
        elif name and commands.leads_on(talk, name):
            talk.explain(f"key {key}: command {name}", how="key")
            talk.drop_recording()
            commands.obey(talk, name)
        elif talk.state.waiting is Waiting.PROMPT:
            self._record(talk, node)

    def timer_rang(self, talk: Talk, node: Voicemail) -> None:
        talk.drop_recording()
        self._leave(talk, node, "failed")

    def recording_ended(self, talk: Talk, node: Voicemail, event: RecordingEnded) -> None:
        talk.change(timer=0)
        facts = {"seconds": event.seconds, "speech": event.speech, "reason": event.reason}
        if event.reason == "failed":
            self._leave(talk, node, "failed")
        elif event.speech < node.min_seconds or not event.recording:
            self._leave(talk, node, "empty", **facts)
        else:
            if node.slot:
                talk.change(slots={**talk.state.slots, node.slot: event.recording})
            talk.explain(f"message of {event.seconds:.1f} s ({event.reason})", **facts)
            talk.go(node.goto.node)

    def _record(self, talk: Talk, node: Voicemail) -> None:
        serial = talk.serial()
        talk.change(errand=serial)
        talk.wait(Waiting.RECORDING)
        talk.do(StartRecording(serial, node.max_seconds, node.silence, node.beep))
        talk.set_timer(node.max_seconds + LATE_SECONDS)

    def _leave(self, talk: Talk, node: Voicemail, name: str, **facts: object) -> None:
        way = node.ways.get(name) or node.ways["otherwise"]
        talk.explain(f"no message: {name}", exit=name, **facts)
        talk.go(way.node)
