"""A call that this phone places: INVITE, its challenges, its answer, and CANCEL."""

import asyncio
import secrets

from tests.phone.call import Call, follow
from tests.phone.call_audio import Side
from tests.phone.digest import CHALLENGES, authorise
from tests.phone.endpoint import ClientTransaction
from tests.phone.sip import Request, Response, SipError, cseq_of

CANCEL_WAIT = 4.0
"""Seconds to wait for the other end's word on our CANCEL; a later answer still gets its BYE."""


class OutgoingCall(Call):
    """`ringing` is set by the first 180 or 183."""

    _transaction: ClientTransaction
    _giving_up: tuple[str, int] | None = None

    async def start(self, ip: str, timeout: float) -> None:
        """Open the audio port and send the INVITE; `timeout` bounds the wait for the answer."""
        self.ringing = asyncio.Event()
        await self._media.open(ip)
        self._timeout = self._loop.call_later(
            timeout, self._cancel, f"nobody answered in {timeout:g} s", 408
        )
        request = self._dialog.request("INVITE", body=self._offer())
        self._transaction = self._line.endpoint.request(request, self._dialog.next_hop)
        self._line.tasks.start(self._follow(request))

    async def hang_up(self) -> None:
        """CANCEL before the answer, BYE after it; returns when the other end has confirmed."""
        if self.answered.done():
            await super().hang_up()
        else:
            self._cancel("cancelled", 487)
            await self.ended

    async def _follow(self, request: Request) -> None:
        """See the INVITE through to its end."""
        response = await self._final()
        if self._may_authorise(response) and (again := self._authorised(request, response)):
            request = again
            self._transaction = self._line.endpoint.request(request, self._dialog.next_hop)
            response = await self._final()
        self._timeout.cancel()
        if response.status < 300:
            await self._accepted(request, response)
        elif self._giving_up is not None:
            self._finish(Side.US, *self._giving_up)
        else:
            by = Side.NETWORK if not response.headers.get("to").count("tag=") else Side.THEM
            self._finish(by, response.reason, response.status)

    def _may_authorise(self, response: Response) -> bool:
        usable = response.status in CHALLENGES and self._line.credentials is not None
        return usable and self._giving_up is None

    def _authorised(self, request: Request, challenge: Response) -> Request | None:
        again = self._dialog.request("INVITE", body=request.body)
        user, password = self._line.credentials or ("", "")
        try:
            authorise(again, challenge, user, password, cnonce=secrets.token_hex(8))
        except SipError:
            return None
        return again

    async def _final(self) -> Response:
        while True:
            response = await self._transaction.responses.get()
            if response.status >= 200:
                return response
            if response.status > 100:
                self.ringing.set()
            if response.body and not self.ended.done():
                # Early media: listen, and send as well, or a NAT would stay closed.
                self._take_answer(response.body)
                self._line.pacer.add(self._media)

    async def _accepted(self, request: Request, response: Response) -> None:
        usable = follow(self._dialog, response)
        ack = self._dialog.request("ACK", sequence=cseq_of(request)[0])
        ack.headers.fields += [
            (name, value)
            for name, value in request.headers.fields
            if name in ("Authorization", "Proxy-Authorization")
        ]
        self._line.endpoint.acknowledge(self._transaction, ack, self._dialog.next_hop)
        if self._giving_up is not None or self.ended.done():
            # The answer crossed our CANCEL (RFC 3261 section 15).
            cause, status = self._giving_up or ("cancelled", 487)
            await self._completed(self._dialog.request("BYE"))
            self._finish(Side.US, cause, status)
            return
        self._take_answer(response.body)
        if not usable or self.law is None:
            bye = self._dialog.request("BYE")
            self._finish(Side.US, "the answer has no usable audio", 488)
            await self._completed(bye)
            return
        self._established()

    def _cancel(self, cause: str, status: int) -> None:
        if self._giving_up is None and not self.answered.done():
            self._giving_up = (cause, status)
            self._timeout.cancel()
            self._line.tasks.start(self._send_cancel(cause, status))

    async def _send_cancel(self, cause: str, status: int) -> None:
        try:
            async with asyncio.timeout(CANCEL_WAIT):
                # No CANCEL before a provisional response has come (section 9.1).
                await self._transaction.provisional.wait()
                if not self._transaction.answered:
                    await self._cancelled(self._transaction)
                await self.ended
        except TimeoutError:
            pass
        self._finish(Side.US, cause, status)

    async def _cancelled(self, transaction: ClientTransaction) -> None:
        invite = transaction.request
        cancel = self._dialog.request("CANCEL", sequence=cseq_of(invite)[0])
        # The same Via, To and target as the INVITE's (section 9.1).
        for name, value in (
            ("Via", invite.headers.get("via")),
            ("To", invite.headers.get("to")),
        ):
            cancel.headers.fields = [
                (key, value if key == name else old) for key, old in cancel.headers.fields
            ]
        cancel.uri = invite.uri
        await self._line.endpoint.request(cancel, transaction.address).final()
