"""One SIP port on UDP: transactions with repetition, answers kept for repeated requests."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from tests.phone.sip import (
    Headers,
    Request,
    Response,
    SipError,
    cseq_of,
    parameter,
    parse_message,
    response_to,
)
from tests.phone.transactions import (
    LIFETIME,
    T2,
    Address,
    Resending,
    client_key,
    server_key,
)

MAX_TRANSACTIONS = 4096
KEPT = 8 * LIFETIME
"""Seconds after which a transaction is forgotten; longer than any phone rings."""

K = TypeVar("K")
S = TypeVar("S", bound="_Started")

OnRequest = Callable[[Request, Address], None]
OnUnacknowledged = Callable[[Request], None]


@dataclass(slots=True, eq=False)
class ClientTransaction:
    """A request on its way; `responses` ends with a 408 of our own if nobody answers."""

    request: Request
    address: Address
    started: float
    responses: asyncio.Queue[Response] = field(default_factory=asyncio.Queue)
    provisional: asyncio.Event = field(default_factory=asyncio.Event)
    ack: tuple[bytes, Address] | None = None
    answered: bool = False

    async def final(self) -> Response:
        """The final response; provisional ones are passed over."""
        while (response := await self.responses.get()).status < 200:
            pass
        return response


@dataclass(slots=True, eq=False)
class _ServerTransaction:
    source: Address
    started: float
    answer: bytes = b""


class Endpoint(asyncio.DatagramProtocol):
    """Sends and receives; `on_request` hears each new request and the ACKs of 2xx answers.

    `on_unacknowledged` hears of an INVITE whose 2xx nobody acknowledged for 32 s
    (RFC 3261 section 13.3.1.4). Datagrams that are not SIP are counted in `rejected`.
    """

    def __init__(self, on_request: OnRequest, on_unacknowledged: OnUnacknowledged) -> None:
        self._on_request = on_request
        self._on_unacknowledged = on_unacknowledged
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[str, str, str], _ServerTransaction] = {}
        self._resending: dict[object, Resending] = {}
        self._invites: dict[tuple[str, int], Request] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._closed: asyncio.Future[None] | None = None
        self.rejected = 0

    async def open(self, ip: str, port: int) -> None:
        """Bind; port 0 lets the system choose.

        Raises:
            OSError: if the port is taken.
        """
        self._loop = asyncio.get_running_loop()
        self._closed = self._loop.create_future()
        self._transport, _ = await self._loop.create_datagram_endpoint(
            lambda: self, local_addr=(ip, port)
        )
        self.address: Address = self._transport.get_extra_info("sockname")[:2]

    async def close(self) -> None:
        """Close the port and wait until it is closed."""
        if self._timer is not None:
            self._timer.cancel()
        self._resending.clear()
        self._transport.close()
        if self._closed is not None:
            await self._closed

    # -- sending -------------------------------------------------------------------------

    def request(self, request: Request, address: Address) -> ClientTransaction:
        """Send a request; it is repeated until answered."""
        now = self._loop.time()
        self._forget_old(now)
        transaction = ClientTransaction(request, address, now)
        key = client_key(request)
        self._clients[key] = transaction
        # An INVITE's pauses double without a cap (section 17.1.1.2).
        cap = LIFETIME if request.method == "INVITE" else T2
        self._resend(key, Resending(request.to_bytes(), address, now, cap))
        return transaction

    def acknowledge(self, transaction: ClientTransaction, ack: Request, address: Address) -> None:
        """Send the ACK of a 2xx, now and whenever that 2xx is repeated (section 13.2.2.4)."""
        transaction.ack = (ack.to_bytes(), address)
        self.send(*transaction.ack)

    def respond(self, request: Request, response: Response) -> None:
        """Answer a request; a final answer to INVITE is repeated until its ACK comes."""
        transaction = self._servers.get(server_key(request))
        if transaction is None:
            return
        transaction.answer = response.to_bytes()
        if request.method == "INVITE" and response.status >= 200:
            key = _ack_key(request)
            self._invites[key] = request
            now = self._loop.time()
            self._resend(key, Resending(transaction.answer, transaction.source, now))
        else:
            self.send(transaction.answer, transaction.source)

    def send(self, data: bytes, address: Address) -> None:
        """Send a datagram once."""
        if not self._transport.is_closing():
            self._transport.sendto(data, address)

    def _resend(self, key: object, resending: Resending) -> None:
        self._resending[key] = resending
        self.send(resending.data, resending.address)
        self._arm()

    def _stop(self, key: object) -> bool:
        return self._resending.pop(key, None) is not None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._resending:
            due = min(resending.due for resending in self._resending.values())
            self._timer = self._loop.call_at(due, self._repeat)

    def _repeat(self) -> None:
        now = self._loop.time()
        for key, resending in list(self._resending.items()):
            if resending.due > now:
                continue
            if resending.expired:
                del self._resending[key]
                self._give_up(key)
            else:
                self.send(resending.data, resending.address)
                resending.sent_again()
        self._arm()

    def _give_up(self, key: object) -> None:
        for client, transaction in self._clients.items():
            if client == key:
                transaction.responses.put_nowait(response_to(transaction.request, 408))
                return
        for invite, request in list(self._invites.items()):
            if invite == key:
                del self._invites[invite]
                self._on_unacknowledged(request)

    # -- receiving -----------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: Address) -> None:
        try:
            message = parse_message(data)
        except SipError:
            self.rejected += 1
            return
        if isinstance(message, Response):
            self._take_response(message)
        else:
            self._take_request(message, (addr[0], addr[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(None)

    def _take_response(self, response: Response) -> None:
        key = client_key(response)
        transaction = self._clients.get(key)
        if transaction is None:
            return
        invite = transaction.request.method == "INVITE"
        if response.status < 200:
            transaction.provisional.set()
            if invite:
                self._stop(key)
            elif key in self._resending:
                self._resending[key].slow_down()
        else:
            self._stop(key)
            if transaction.ack is not None:
                self.send(*transaction.ack)
            if transaction.answered:
                return
            transaction.answered = True
            transaction.provisional.set()
            if invite and response.status >= 300:
                ack = _refusal_ack(transaction.request, response)
                transaction.ack = (ack.to_bytes(), transaction.address)
                self.send(*transaction.ack)
        transaction.responses.put_nowait(response)

    def _take_request(self, request: Request, source: Address) -> None:
        key = server_key(request)
        known = self._servers.get(key)
        if request.method == "ACK":
            invite = self._invites.pop(_ack_key(request), None)
            self._stop(_ack_key(request))
            if invite is not None and known is None:
                self._on_request(request, source)
            return
        if known is not None:
            if known.answer:
                self.send(known.answer, source)
            return
        now = self._loop.time()
        self._forget_old(now)
        self._servers[key] = _ServerTransaction(source, now)
        self._on_request(request, source)

    def _forget_old(self, now: float) -> None:
        _drop_old(self._clients, now)
        _drop_old(self._servers, now)


class _Started(Protocol):
    started: float


def _drop_old(table: dict[K, S], now: float) -> None:
    # In the order of their beginnings. INVITEs live long while a phone rings, so all are let go
    # rather too late than too early.
    while table:
        key = next(iter(table))
        if now - table[key].started < KEPT and len(table) < MAX_TRANSACTIONS:
            break
        del table[key]


def _ack_key(request: Request) -> tuple[str, int]:
    return request.headers.get("call-id"), cseq_of(request)[0]


def _refusal_ack(invite: Request, response: Response) -> Request:
    """The ACK of a refusal belongs to the INVITE's own transaction (section 17.1.1.3)."""
    headers = Headers([("Via", invite.headers.all("via")[0]), ("Max-Forwards", "70")])
    for route in invite.headers.all("route"):
        headers.add("Route", route)
    headers.add("From", invite.headers.get("from"))
    to = response.headers.get("to")
    headers.add("To", to if parameter(to, "tag") else invite.headers.get("to"))
    headers.add("Call-ID", invite.headers.get("call-id"))
    headers.add("CSeq", f"{cseq_of(invite)[0]} ACK")
    return Request("ACK", invite.uri, headers)
