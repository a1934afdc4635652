"""The phone against a peer that follows SIP by hand: challenges, changes, lost datagrams."""

import asyncio
from collections.abc import AsyncIterator
from random import Random
from typing import Any, cast

import pytest

from tests.phone import AgentPhone, Answer, CallRefused, Phone, RegistrationFailed, RingOn, Side
from tests.phone.dialog import Dialog
from tests.phone.endpoint import ClientTransaction, Endpoint
from tests.phone.g711 import Law
from tests.phone.sdp import AudioDescription, parse_sdp
from tests.phone.sip import Request, Response, SipError, parameter, response_to
from tests.phone.transactions import Address

NOWHERE = AudioDescription("127.0.0.1", 9, (Law.MU,))
CHALLENGE = 'Digest realm="here", nonce="n1", qop="auth"'


class Peer:
    """A SIP end without any habits of its own; requests wait in `requests`."""

    def __init__(self) -> None:
        self.requests: asyncio.Queue[Request] = asyncio.Queue()
        self.unacknowledged: asyncio.Queue[Request] = asyncio.Queue()
        self.endpoint = Endpoint(self._take, self.unacknowledged.put_nowait)

    def _take(self, request: Request, source: Address) -> None:
        self.requests.put_nowait(request)

    @property
    def uri(self) -> str:
        return "sip:peer@{}:{}".format(*self.endpoint.address)

    async def next(self, method: str) -> Request:
        async with asyncio.timeout(20):
            request = await self.requests.get()
        assert request.method == method
        return request

    def reply(self, request: Request, status: int, body: bytes = b"", **headers: str) -> None:
        response = response_to(request, status, "peertag")
        response.headers.add("Contact", f"<{self.uri}>")
        for name, value in headers.items():
            response.headers.add(name.replace("_", "-"), value)
        response.body = body
        self.endpoint.respond(request, response)

    def dialog(self, phone: Phone, name: str = "peertag") -> Dialog:
        ip, port = phone.address
        uri = f"sip:agent@{ip}:{port}"
        return Dialog(f"call-{name}", self.uri, name, uri, uri, self.endpoint.address)

    def ask(self, dialog: Dialog, method: str, body: bytes = b"") -> ClientTransaction:
        return self.endpoint.request(dialog.request(method, body=body), dialog.next_hop)

    async def invite(self, phone: Phone, body: bytes) -> tuple[Dialog, Response]:
        """Call the phone and acknowledge its answer; an offer in it is answered by NOWHERE."""
        dialog = self.dialog(phone)
        transaction = self.ask(dialog, "INVITE", body)
        response = await transaction.final()
        assert response.status == 200
        dialog.learn(response, as_caller=True)
        ack = dialog.request("ACK", sequence=1, body=b"" if body else NOWHERE.to_bytes())
        self.endpoint.acknowledge(transaction, ack, dialog.next_hop)
        return dialog, response


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    await peer.endpoint.open("127.0.0.1", 0)
    yield peer
    await peer.endpoint.close()


@pytest.fixture
async def agent() -> AsyncIterator[AgentPhone]:
    async with AgentPhone(behaviour=Answer(after=0.0)) as agent:
        yield agent


async def test_a_challenged_invite_is_sent_again_with_credentials(peer: Peer) -> None:
    async with Phone(username="li", password="secret") as phone:
        call = await phone.dial(peer.uri)
        first = await peer.next("INVITE")
        peer.reply(first, 401, WWW_Authenticate=CHALLENGE)
        second = await peer.next("INVITE")
        assert 'username="li"' in second.headers.get("Authorization")
        assert "secret" not in second.to_bytes().decode()
        assert second.headers.get("call-id") == first.headers.get("call-id")
        assert second.headers.get("cseq") == "2 INVITE"
        peer.reply(second, 200, NOWHERE.to_bytes())
        await call.answered
        await peer.next("ACK")
        closing = asyncio.ensure_future(call.hang_up())
        peer.reply(await peer.next("BYE"), 200)
        await closing


async def test_wrong_credentials_are_not_tried_twice(peer: Peer) -> None:
    async with Phone(username="li", password="wrong") as phone:
        call = await phone.dial(peer.uri)
        for _ in range(2):
            peer.reply(await peer.next("INVITE"), 401, WWW_Authenticate=CHALLENGE)
        with pytest.raises(CallRefused, match="401"):
            await call.answered


async def serve_registrations(peer: Peer, contacts: list[str], *, refuse: bool = False) -> None:
    while True:
        request = await peer.requests.get()
        if not request.headers.get("Authorization"):
            peer.reply(request, 401, WWW_Authenticate=CHALLENGE)
        elif refuse:
            peer.reply(request, 403)
        else:
            contacts.append(request.headers.get("Expires"))
            peer.reply(request, 200)


async def test_registering_and_unregistering(peer: Peer) -> None:
    contacts: list[str] = []
    serving = asyncio.ensure_future(serve_registrations(peer, contacts))
    async with AgentPhone(username="a1", password="p", registrar=peer.uri):
        assert contacts == ["300"]
    assert contacts == ["300", "0"]
    serving.cancel()


async def test_a_refused_registration(peer: Peer) -> None:
    serving = asyncio.ensure_future(serve_registrations(peer, [], refuse=True))
    with pytest.raises(RegistrationFailed, match="403"):
        async with AgentPhone(username="a1", password="p", registrar=peer.uri):
            pass
    serving.cancel()


async def test_requests_inside_the_call(peer: Peer, agent: AgentPhone) -> None:
    dialog, _ = await peer.invite(agent, NOWHERE.to_bytes())
    call = await agent.next_call()
    await call.answered
    for method, status in (("OPTIONS", 200), ("INFO", 200), ("UPDATE", 200), ("REFER", 405)):
        assert (await peer.ask(dialog, method).final()).status == status
    held = AudioDescription("127.0.0.1", 9, (Law.MU,), direction="sendonly")
    transaction = peer.ask(dialog, "INVITE", held.to_bytes())
    answer = await transaction.final()
    assert parse_sdp(answer.body).direction == "recvonly"
    ack = dialog.request("ACK", sequence=dialog.sequence)
    peer.endpoint.acknowledge(transaction, ack, dialog.next_hop)
    only_g722 = NOWHERE.to_bytes().replace(b"AVP 0 101", b"AVP 9")
    assert (await peer.ask(dialog, "UPDATE", only_g722).final()).status == 488
    assert call.is_up
    old = dialog.request("OPTIONS", sequence=1)
    assert (await peer.endpoint.request(old, dialog.next_hop).final()).status == 500
    assert (await peer.ask(dialog, "BYE").final()).status == 200
    assert (await call.ended).by is Side.THEM
    assert (await peer.ask(dialog, "BYE").final()).status == 481


async def test_requests_outside_any_call(peer: Peer, agent: AgentPhone) -> None:
    for method, status in (("OPTIONS", 200), ("SUBSCRIBE", 405), ("CANCEL", 481)):
        assert (await peer.ask(peer.dialog(agent), method).final()).status == status


async def test_an_invite_without_an_offer(peer: Peer, agent: AgentPhone) -> None:
    dialog, response = await peer.invite(agent, b"")
    assert parse_sdp(response.body).laws == (Law.MU, Law.A)
    call = await agent.next_call()
    assert (await peer.ask(dialog, "BYE").final()).status == 200
    assert call.law is Law.MU  # from the description in the ACK


async def test_an_offer_without_a_common_codec(peer: Peer, agent: AgentPhone) -> None:
    body = NOWHERE.to_bytes().replace(b"AVP 0 101", b"AVP 9")
    assert (await peer.ask(peer.dialog(agent), "INVITE", body).final()).status == 488
    assert (await (await agent.next_call()).ended).status == 488


class Lossy(asyncio.DatagramProtocol):
    """Stands between two ends and loses every second datagram of each."""

    def __init__(self, one: Address) -> None:
        self.one = one
        self.other: Address | None = None
        self.counts = {True: 0, False: 0}
        self.lost = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        outward = addr != self.one
        if outward:
            self.other = addr
        self.counts[outward] += 1
        if self.counts[outward] % 2:
            self.lost += 1
            return
        target = self.one if outward else self.other
        assert target is not None
        self.transport.sendto(data, target)


async def test_lost_datagrams_are_sent_again(agent: AgentPhone) -> None:
    loop = asyncio.get_running_loop()
    transport, lossy = await loop.create_datagram_endpoint(
        lambda: Lossy(agent.address), local_addr=("127.0.0.1", 0)
    )
    ip, port = transport.get_extra_info("sockname")[:2]
    async with Phone() as phone:
        call = await phone.dial(f"sip:agent@{ip}:{port}")
        await call.answered
        other = await agent.next_call()
        await other.answered
        await call.hang_up()
        assert (await other.ended).by is Side.THEM
    assert lossy.lost >= 2
    transport.close()


async def test_an_answer_that_crosses_the_cancel_is_hung_up(peer: Peer) -> None:
    async with Phone() as phone:
        call = await phone.dial(peer.uri)
        invite = await peer.next("INVITE")
        peer.reply(invite, 180)
        await call.ringing.wait()
        closing = asyncio.ensure_future(call.hang_up())
        cancel = await peer.next("CANCEL")
        assert parameter(cancel.headers.get("via"), "branch") == parameter(
            invite.headers.get("via"), "branch"
        )
        peer.reply(invite, 200, NOWHERE.to_bytes())
        peer.reply(cancel, 200)
        await peer.next("ACK")
        peer.reply(await peer.next("BYE"), 200)
        await closing
        assert not call.is_up


async def test_nobody_is_there() -> None:
    async with Phone() as phone:
        call = await phone.dial("sip:x@127.0.0.1:9", timeout=0.2)
        assert not await call.answered.wait(0.1)


async def test_an_answer_that_nobody_acknowledges(
    peer: Peer, agent: AgentPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.phone.transactions.LIFETIME", 0.6)
    agent.behaviour = RingOn()
    transaction = peer.ask(peer.dialog(agent), "INVITE", NOWHERE.to_bytes())
    call = await agent.next_call()
    call.answer()
    assert (await transaction.final()).status == 200
    peer.reply(await peer.next("BYE"), 200)
    ended = await call.ended
    assert (ended.by, ended.cause) == (Side.NETWORK, "no ACK came")


async def test_spoilt_requests_break_nothing(peer: Peer) -> None:
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    random = Random(7)
    async with AgentPhone(behaviour=RingOn(), lines=1000) as agent:
        dialog, _ = await answered(peer, agent)
        for number in range(400):
            if number % 2:
                data = dialog.request("INVITE", body=NOWHERE.to_bytes()).to_bytes()
            else:
                fresh = peer.dialog(agent, f"n{number}")
                data = fresh.request("INVITE", body=NOWHERE.to_bytes()).to_bytes()
            at, noise = random.randrange(len(data)), random.randbytes(random.randint(0, 5))
            peer.endpoint.send(data[:at] + noise + data[at + len(noise) :], agent.address)
            if number % 20 == 0:
                # Lets the phone keep up, so that its socket does not overflow.
                outside = peer.dialog(agent, f"keep-up-{number}")
                assert (await peer.ask(outside, "OPTIONS").final()).status == 200
        assert len(agent.calls) > 10
        for call in agent.calls:
            call.abandon()
    assert not failures


async def answered(peer: Peer, agent: AgentPhone) -> tuple[Dialog, Response]:
    """A call that the script answers by hand."""
    inviting = asyncio.ensure_future(peer.invite(agent, NOWHERE.to_bytes()))
    (await agent.next_call()).answer()
    return await inviting


@pytest.mark.parametrize("host", ["example.org", "999.0.0.1", "[::1]"])
async def test_a_host_that_is_no_address(host: str) -> None:
    async with Phone() as phone:
        with pytest.raises(SipError):
            await phone.dial(f"sip:1000@{host}")


async def test_garbage_is_counted_and_harmless(peer: Peer, agent: AgentPhone) -> None:
    for data in (b"", b"\0" * 100, b"INVITE\r\n\r\n", b"\xff" * 2000):
        peer.endpoint.send(data, agent.address)
    assert (await peer.ask(peer.dialog(agent), "OPTIONS").final()).status == 200
