"""Messages: records a caller's voicemail from the conversation into a private folder."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from ivr.call.conversation import Conversation
from ivr.call.recorder import Recorder, beep
from ivr.dialogue.actions import StartRecording, StopRecording
from ivr.dialogue.events import RecordingEnded
from ivr.errors import StoreError
from ivr.ports import VoiceActivityDetector

Spawn = Callable[..., object]


class Messages:
    """The messages of one call: at most one is being recorded.

    `post` receives each `RecordingEnded`, `note` writes to the journal, `spawn` starts a task.
    Without a folder every recording fails at once.
    """

    def __init__(
        self,
        call_id: str,
        folder: Path | None,
        post: Callable[[RecordingEnded], None],
        note: Callable[..., None],
        spawn: Spawn,
    ) -> None:
        self._call_id = call_id
        self._folder = folder
        self._post = post
        self._note = note
        self._spawn = spawn
        self._recorder: Recorder | None = None

    def start(
        self, order: StartRecording, talk: Conversation, detector: VoiceActivityDetector
    ) -> None:
        """Obey `StartRecording`: sound the tone, then record what the caller says."""
        if self._folder is None:
            self._post(RecordingEnded(order.serial, "failed"))
            return
        if order.beep:
            talk.player.sound(beep())
        self._recorder = Recorder(order, detector, self._over)
        talk.recorder = self._recorder

    def stop(self, order: StopRecording) -> None:
        """Obey `StopRecording`; a recording that is over already has reported itself."""
        recorder = self._recorder
        if recorder is None or recorder.serial != order.serial:
            return
        if order.keep:
            self._over(recorder, "stopped")
        else:
            recorder.stop()
            self._recorder = None
            self._post(RecordingEnded(order.serial, "dropped", recorder.seconds))

    async def hung_up(self) -> None:
        """The caller left: whoever hangs up after speaking wants the message to be heard."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            recorder.stop()
            await self._keep(recorder, "hung_up")

    def _over(self, recorder: Recorder, reason: str) -> None:
        recorder.stop()
        self._recorder = None
        self._spawn(self._report(recorder, reason))

    async def _report(self, recorder: Recorder, reason: str) -> None:
        self._post(await self._keep(recorder, reason))

    async def _keep(self, recorder: Recorder, reason: str) -> RecordingEnded:
        seconds, speech = round(recorder.seconds, 2), round(recorder.speech, 2)
        if not recorder.speech or self._folder is None:
            return RecordingEnded(recorder.serial, reason, seconds, speech)
        name = f"{self._call_id}-{recorder.serial}.wav"
        try:
            await asyncio.to_thread(recorder.write, self._folder / name)
        except StoreError as error:
            self._note("MessageLost", error=str(error))
            return RecordingEnded(recorder.serial, "failed", seconds, speech)
        self._note("MessageKept", recording=name, seconds=seconds, speech=speech, reason=reason)
        return RecordingEnded(recorder.serial, reason, seconds, speech, name)
