"""A call that comes in: ring, answer, refuse; the caller may cancel."""

from tests.phone.call import Call
from tests.phone.call_audio import Side
from tests.phone.dialog import Dialog
from tests.phone.line import Line
from tests.phone.sdp import SdpError
from tests.phone.sip import REASONS, Request


class IncomingCall(Call):
    """A call that waits for `answer` or `refuse`."""

    def __init__(self, line: Line, dialog: Dialog, invite: Request) -> None:
        super().__init__(line, dialog)
        self.invite = invite

    async def open(self, ip: str) -> None:
        """Open the audio port."""
        await self._media.open(ip)

    def ring(self) -> None:
        """Say 180."""
        if not self.ended.done() and not self.answered.done():
            self._respond(self.invite, 180)

    def answer(self) -> None:
        """Take the call; refuses it with 488 if its offer cannot be met."""
        if self.ended.done() or self.answered.done():
            return
        try:
            body = self._answer_of(self.invite) if self.invite.body else self._offer()
        except SdpError:
            self.refuse(488)
            return
        self._respond(self.invite, 200, body)
        self._established()

    def refuse(self, status: int = 486) -> None:
        """Turn the call away."""
        if not self.ended.done() and not self.answered.done():
            self._respond(self.invite, status)
            self._finish(Side.US, REASONS.get(status, "refused"), status)

    async def hang_up(self) -> None:
        """603 before the answer, BYE after it."""
        if self.answered.done():
            await super().hang_up()
        else:
            self.refuse(603)

    def cancelled(self) -> None:
        """The caller's CANCEL came; too late after the answer (RFC 3261 section 9.2)."""
        if not self.ended.done() and not self.answered.done():
            self._respond(self.invite, 487)
            self._finish(Side.THEM, "cancelled", 487)
