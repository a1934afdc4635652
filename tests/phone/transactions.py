"""How long a SIP message over UDP is sent again, and what identifies its transaction (RFC 3261)."""

from dataclasses import dataclass, field

from tests.phone.sip import Message, Request, cseq_of, parameter

T1 = 0.5
"""Estimated round trip in seconds (section 17.1.1.1)."""

T2 = 4.0
"""Longest pause between two sendings, except of an INVITE."""

LIFETIME = 64 * T1
"""After this long an unanswered message is given up, and an answered one forgotten."""

Address = tuple[str, int]


@dataclass(slots=True)
class Resending:
    """One message that is repeated at doubling pauses until an answer stops it."""

    data: bytes
    address: Address
    started: float
    cap: float = T2
    due: float = field(init=False)
    _pause: float = field(init=False, default=T1)

    def __post_init__(self) -> None:
        self.due = self.started + T1

    @property
    def expired(self) -> bool:
        return self.due >= self.started + LIFETIME

    def sent_again(self) -> None:
        """Set the next due time after a repetition."""
        self._pause = min(2 * self._pause, self.cap)
        self.due = min(self.due + self._pause, self.started + LIFETIME)

    def slow_down(self) -> None:
        """A provisional answer came to a request other than INVITE (section 17.1.2.2)."""
        self._pause = self.cap


def client_key(message: Message) -> tuple[str, str]:
    """Matches a response to its request: branch and method (section 17.1.3)."""
    return branch_of(message), cseq_of(message)[1]


def server_key(request: Request) -> tuple[str, str, str]:
    """Matches a repeated request to its first (section 17.2.3); ACK belongs to its INVITE."""
    via = (request.headers.all("via") or [""])[0]
    sent_by = via.partition(";")[0]
    method = "INVITE" if request.method == "ACK" else request.method
    return branch_of(request), sent_by, method


def branch_of(message: Message) -> str:
    """The branch of the topmost Via; "" if it has none."""
    return parameter((message.headers.all("via") or [""])[0], "branch")
