"""One SIP call of either direction: its state, its dialog's requests, its end."""

import asyncio
import contextlib

from tests.phone.call_audio import CallAudio, Ended, Side
from tests.phone.dialog import Dialog
from tests.phone.errors import CallRefused
from tests.phone.g711 import Law
from tests.phone.line import Line
from tests.phone.outcome import Outcome
from tests.phone.sdp import AudioDescription, SdpError, answer_to, parse_sdp
from tests.phone.sip import Request, Response, SipError, response_to

BYE_WAIT = 4.0
"""Seconds to wait for the other end's word on our BYE."""

PASSED = ("OPTIONS", "INFO", "NOTIFY")
"""Requests inside a call that are answered 200 and otherwise passed over."""


class Call(CallAudio):
    """A call of either direction.

    `answered` completes when the call is, or raises `CallRefused`. `ended` completes in any case.
    """

    def __init__(self, line: Line, dialog: Dialog) -> None:
        super().__init__()
        self.answered: Outcome[None] = Outcome()
        self.answered_at: float | None = None
        self.law: Law | None = None
        self._line = line
        self._dialog = dialog
        self._laws = line.laws
        self._descriptions = 0
        line.calls[dialog.call_id, dialog.local_tag] = self

    @property
    def call_id(self) -> str:
        return self._dialog.call_id

    @property
    def remote(self) -> str:
        """The other end's URI, as From or To gave it."""
        return self._dialog.remote

    @property
    def is_up(self) -> bool:
        return self.answered_at is not None and not self.ended.done()

    async def hang_up(self) -> None:
        """End the call as its state needs it (BYE here; CANCEL or a refusal before the answer)."""
        if self.ended.done():
            return
        bye = self._dialog.request("BYE")
        self._finish(Side.US, "hung up", 200)
        await self._completed(bye)

    # -- what the phone does -------------------------------------------------------------

    def abandon(self) -> None:
        """End a call that would not end otherwise; tells nobody."""
        self._finish(Side.NETWORK, "given up", 408)

    async def wait_closed(self) -> None:
        """Wait until the audio port of an ended call is free."""
        await self._media.wait_closed()

    def handle(self, request: Request) -> None:
        """Take a request inside the dialog (RFC 3261 section 12.2.2)."""
        if request.method == "ACK":
            if request.body:
                self._take_answer(request.body)
            return
        if not self._dialog.in_order(request):
            self._respond(request, 500)
        elif request.method == "BYE":
            self._respond(request, 200)
            self._finish(Side.THEM, "hung up", 200)
        elif request.method in ("INVITE", "UPDATE"):
            self._renegotiate(request)
        else:
            self._respond(request, 200 if request.method in PASSED else 405)

    def unacknowledged(self) -> None:
        """Nobody acknowledged our answer: leave (section 13.3.1.4)."""
        if not self.ended.done():
            bye = self._dialog.request("BYE")
            self._finish(Side.NETWORK, "no ACK came", 408)
            self._line.tasks.start(self._completed(bye))

    async def _completed(self, request: Request) -> None:
        transaction = self._line.endpoint.request(request, self._dialog.next_hop)
        # The call is over here whatever the other end says.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BYE_WAIT):
                await transaction.final()

    def _respond(self, request: Request, status: int, body: bytes = b"") -> None:
        response = response_to(request, status, self._dialog.local_tag)
        if request.method in ("INVITE", "UPDATE", "OPTIONS"):
            self._dialog.describe(response.headers, body)
        response.body = body
        self._line.endpoint.respond(request, response)

    def _renegotiate(self, request: Request) -> None:
        try:
            self._dialog.retarget(request)
            body = self._answer_of(request) if request.body else b""
        except SipError:
            self._respond(request, 400)
            return
        except SdpError:
            self._respond(request, 488)
            return
        if request.method == "INVITE" and not body:
            body = self._offer()
        self._respond(request, 200, body)

    def _own_audio(self) -> AudioDescription:
        return AudioDescription(self._media.ip, self._media.port, self._laws)

    def _offer(self) -> bytes:
        self._descriptions += 1
        return self._own_audio().to_bytes(self._descriptions)

    def _answer_of(self, message: Request) -> bytes:
        """Accept an offer and give our answer to it; raises SdpError if we cannot."""
        offer = parse_sdp(message.body)
        answer = answer_to(offer, self._own_audio())
        self._descriptions += 1
        self._connect(offer, answer.laws[0])
        return answer.to_bytes(self._descriptions)

    def _take_answer(self, body: bytes) -> None:
        try:
            answer = parse_sdp(body)
        except SdpError:
            return
        law = next((law for law in answer.laws if law in self._laws), None)
        if law is not None:
            self._connect(answer, law)

    def _connect(self, remote: AudioDescription, law: Law) -> None:
        self.law = law
        self._media.connect(remote, law, remote.events)

    def _established(self) -> None:
        if not self.answered.done():
            self.answered_at = self.now
            self.answered.set_result(None)
            self._line.pacer.add(self._media)

    def _finish(self, by: Side, cause: str, status: int) -> None:
        if self.ended.done():
            return
        self.ended.set_result(Ended(by, cause, status, self.now))
        if not self.answered.done():
            self.answered.set_exception(CallRefused(status, cause))
        self._line.pacer.remove(self._media)
        self._media.close()
        self._line.calls.pop((self._dialog.call_id, self._dialog.local_tag), None)
        if self._line.on_end is not None:
            self._line.on_end(self)


def follow(dialog: Dialog, response: Response) -> bool:
    """Take the caller's dialog from a 2xx; False if its Contact cannot be used."""
    try:
        dialog.learn(response, as_caller=True)
    except SipError:
        return False
    return True
