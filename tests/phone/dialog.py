"""A SIP dialog: who the two ends are, and the requests that keep to it (RFC 3261, section 12)."""

from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv4Address

from tests.phone.sip import (
    Headers,
    Message,
    Request,
    SipError,
    cseq_of,
    parameter,
    parse_uri,
    uri_text,
)
from tests.phone.transactions import Address

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, NOTIFY"
USER_AGENT = "ivr-phone"


@dataclass(slots=True)
class Dialog:
    """One end's view. `local` and `remote` are URIs; `target` is where requests are aimed."""

    call_id: str
    local: str
    local_tag: str
    remote: str
    target: str
    address: Address
    remote_tag: str = ""
    routes: tuple[str, ...] = ()
    sequence: int = 0
    remote_sequence: int = -1
    _branches: int = field(default=0)

    def request(self, method: str, *, sequence: int | None = None, body: bytes = b"") -> Request:
        """A request of this end; ACK and CANCEL pass the number of their INVITE."""
        if sequence is None:
            self.sequence += 1
            sequence = self.sequence
        self._branches += 1
        branch = f"z9hG4bK{self.local_tag}{self._branches}"
        host, port = self.address
        headers = Headers()
        headers.add("Via", f"SIP/2.0/UDP {host}:{port};rport;branch={branch}")
        headers.add("Max-Forwards", "70")
        for route in self.routes:
            headers.add("Route", route)
        headers.add("From", f"<{self.local}>;tag={self.local_tag}")
        headers.add("To", f"<{self.remote}>" + (f";tag={self.remote_tag}" * bool(self.remote_tag)))
        headers.add("Call-ID", self.call_id)
        headers.add("CSeq", f"{sequence} {method}")
        self.describe(headers, body)
        return Request(method, self.target, headers, body)

    def describe(self, headers: Headers, body: bytes) -> None:
        """Add Contact, Allow and the body's type to a request or a response."""
        headers.add("Contact", f"<{self.contact}>")
        headers.add("Allow", ALLOW)
        headers.add("User-Agent", USER_AGENT)
        if body:
            headers.add("Content-Type", "application/sdp")

    @property
    def contact(self) -> str:
        """This end's own address as a URI."""
        user = parse_uri(self.local).user
        return f"sip:{user}@{self.address[0]}:{self.address[1]}"

    @property
    def next_hop(self) -> Address:
        """Where the next request is sent: the first route, else the target (loose routing)."""
        return address_of(self.routes[0] if self.routes else self.target)

    def learn(self, message: Message, *, as_caller: bool) -> None:
        """Take the other end's tag, target and routes from its INVITE or its 2xx.

        Raises:
            SipError: if its Contact or first route cannot be sent to.
        """
        headers = message.headers
        self.remote_tag = parameter(headers.get("to" if as_caller else "from"), "tag")
        self.retarget(message)
        routes = headers.all("record-route")
        routes = routes[::-1] if as_caller else routes
        if routes:
            address_of(routes[0])
        self.routes = tuple(routes)

    def retarget(self, message: Message) -> None:
        """Follow a new Contact (section 12.2.1.2), if there is one."""
        contacts = message.headers.all("contact")
        if contacts:
            target = uri_text(contacts[0])
            address_of(target)
            self.target = target

    def in_order(self, request: Request) -> bool:
        """Whether a request is new; an old number is refused with 500 (section 12.2.2)."""
        number = cseq_of(request)[0]
        if number <= self.remote_sequence:
            return False
        self.remote_sequence = number
        return True


def address_of(uri: str) -> Address:
    """Where to send for a URI. Names are not looked up: that would block.

    Raises:
        SipError: if its host is neither an IPv4 address nor localhost.
    """
    parsed = parse_uri(uri)
    host = "127.0.0.1" if parsed.host == "localhost" else parsed.host
    try:
        return str(IPv4Address(host)), parsed.port
    except AddressValueError as error:
        raise SipError("the host of a URI is no IPv4 address") from error


def dialog_of_invite(invite: Request, address: Address, tag: str) -> Dialog:
    """The called end's dialog.

    Raises:
        SipError: if From, To or Contact are not usable.
    """
    remote = uri_text(invite.headers.get("from"))
    local = uri_text(invite.headers.get("to"))
    parse_uri(remote)
    parse_uri(local)
    if not invite.headers.all("contact"):
        raise SipError("an INVITE without Contact")
    dialog = Dialog(invite.headers.get("call-id"), local, tag, remote, remote, address)
    dialog.learn(invite, as_caller=False)
    dialog.remote_sequence = cseq_of(invite)[0]
    return dialog
