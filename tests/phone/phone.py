"""The scripted SIP phone: places calls, and passes what comes to them."""

import asyncio
import secrets
from types import TracebackType
from typing import Self

from tests.phone.call import Call
from tests.phone.dialog import Dialog, address_of
from tests.phone.endpoint import Endpoint
from tests.phone.g711 import Law
from tests.phone.incoming import IncomingCall
from tests.phone.line import Line
from tests.phone.outgoing import OutgoingCall
from tests.phone.sip import Request, cseq_of, parameter, parse_uri, response_to
from tests.phone.transactions import Address

CLOSE_WAIT = 6.0
"""Seconds that closing waits for the other ends to confirm."""


class Phone:
    """A SIP user agent on UDP for any number of calls. Use it with `async with`.

    Leaving the block hangs up what is still up and closes every port and task. `port` 0 lets the
    system choose. `username` and `password` answer digest challenges. `laws` are the codecs, by
    preference.
    """

    def __init__(
        self,
        local_ip: str = "127.0.0.1",
        port: int = 0,
        *,
        username: str = "",
        password: str = "",
        laws: tuple[Law, ...] = tuple(Law),
    ) -> None:
        self._ip = local_ip
        self._port = port
        self._line = Line(Endpoint(self._requested, self._unacknowledged))
        self._line.credentials = (username, password) if username else None
        self._line.laws = laws
        self._line.on_end = self._call_ended
        self._closing: set[Call] = set()

    async def __aenter__(self) -> Self:
        await self._line.endpoint.open(self._ip, self._port)
        self._line.tasks.start(self._line.pacer.run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up all calls and release everything."""
        try:
            async with asyncio.timeout(CLOSE_WAIT):
                await asyncio.gather(*(call.hang_up() for call in self.calls))
        except TimeoutError:
            for call in self.calls:
                call.abandon()
        finally:
            try:
                await self._line.tasks.close()
            finally:
                await asyncio.gather(*(call.wait_closed() for call in tuple(self._closing)))
                await self._line.endpoint.close()

    @property
    def address(self) -> Address:
        """Where this phone listens for SIP."""
        return self._line.endpoint.address

    @property
    def calls(self) -> list[Call]:
        """The calls that have not ended."""
        return list(self._line.calls.values())

    async def dial(
        self, uri: str, *, from_user: str = "caller", timeout: float = 30.0
    ) -> OutgoingCall:
        """Place a call and return at once; `await call.answered` waits for the answer.

        If nobody has answered after `timeout` seconds the call is cancelled.

        Raises:
            SipError: if `uri` or `from_user` make no sip: URI, or its host is no IPv4 address.
        """
        address_of(uri)
        local = f"sip:{from_user}@{self._ip}"
        parse_uri(local)
        tag, call_id = secrets.token_hex(6), secrets.token_hex(12)
        dialog = Dialog(call_id, local, tag, uri, uri, self.address)
        call = OutgoingCall(self._line, dialog)
        self._closing.add(call)
        await call.start(self._ip, timeout)
        return call

    # -- receiving -----------------------------------------------------------------------

    def _requested(self, request: Request, source: Address) -> None:
        call_id, tag = request.headers.get("call-id"), parameter(request.headers.get("to"), "tag")
        call = self._line.calls.get((call_id, tag)) if tag else None
        if call is not None:
            call.handle(request)
        elif request.method == "CANCEL":
            self._cancelled(request)
        elif request.method == "INVITE" and not tag:
            self._invited(request)
        elif request.method != "ACK":
            outside = 200 if request.method == "OPTIONS" else 405
            self._reply(request, 481 if tag else outside)

    def _invited(self, request: Request) -> None:
        """A plain phone takes no calls."""
        self._reply(request, 480)

    def _cancelled(self, request: Request) -> None:
        call_id, number = request.headers.get("call-id"), cseq_of(request)[0]
        for call in self.calls:
            if (
                isinstance(call, IncomingCall)
                and call.call_id == call_id
                and cseq_of(call.invite)[0] == number
            ):
                self._reply(request, 200)
                call.cancelled()
                return
        self._reply(request, 481)

    def _reply(self, request: Request, status: int) -> None:
        response = response_to(request, status, secrets.token_hex(6))
        self._line.endpoint.respond(request, response)

    def _unacknowledged(self, request: Request) -> None:
        call_id = request.headers.get("call-id")
        for call in self.calls:
            if call.call_id == call_id:
                call.unacknowledged()

    def _call_ended(self, call: Call) -> None:
        self._line.tasks.start(self._released(call))

    async def _released(self, call: Call) -> None:
        await call.wait_closed()
        self._closing.discard(call)
