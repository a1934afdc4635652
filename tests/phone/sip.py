"""SIP messages as values: bounded parsing and writing (RFC 3261, sections 7 and 20)."""

import re
from dataclasses import dataclass, field

VERSION = "SIP/2.0"
MAX_MESSAGE = 32768
MAX_HEADERS = 128
MAX_URI = 512
MAX_SEQUENCE = 2**31 - 1
COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
    "s": "subject",
    "k": "supported",
    "e": "content-encoding",
}
REQUIRED = ("via", "from", "to", "call-id", "cseq")
COMMA_LISTS = ("via", "route", "record-route", "contact")
TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}\Z")
ADDRESS = re.compile(
    r"sips?:(?:([^@\s<>]{1,128})@)?([A-Za-z0-9.-]{1,255})(?::(\d{1,5}))?(?=[;?]|\Z)"
)
REASONS = {
    100: "Trying",
    180: "Ringing",
    200: "OK",
    400: "Bad Request",
    405: "Method Not Allowed",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    503: "Service Unavailable",
    603: "Decline",
}


class SipError(ValueError):
    """A datagram is not a SIP message that can be used, or a URI is not one."""


class Headers:
    """Header fields in their order, found by name in any case or in compact form."""

    def __init__(self, fields: list[tuple[str, str]] | None = None) -> None:
        self.fields = list(fields or [])

    def get(self, name: str) -> str:
        """The first value, or "" where there is none."""
        return next((value for key, value in self.fields if _same(key, name)), "")

    def all(self, name: str) -> list[str]:
        """Every value; lists of addresses written on one line are taken apart."""
        found: list[str] = []
        for key, value in self.fields:
            if _same(key, name):
                found += split_list(value) if canonical(name) in COMMA_LISTS else [value]
        return found

    def add(self, name: str, value: str) -> None:
        """Append a field.

        Raises:
            SipError: if a line break or NUL would slip into the message.
        """
        if any(char in "\r\n\0" for char in name + value):
            raise SipError(f"a line break or NUL in the header {name!r}")
        self.fields.append((name, value))


@dataclass(slots=True)
class Request:
    """A request; its `uri` is kept as text."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def to_bytes(self) -> bytes:
        return _written(f"{self.method} {self.uri} {VERSION}", self.headers, self.body)


@dataclass(slots=True)
class Response:
    """A response; 1xx are provisional, the rest final."""

    status: int
    reason: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def to_bytes(self) -> bytes:
        return _written(f"{VERSION} {self.status} {self.reason}", self.headers, self.body)


Message = Request | Response


@dataclass(frozen=True, slots=True)
class Uri:
    """The parts of a sip: URI that a phone needs; the default port is 5060."""

    user: str
    host: str
    port: int


def parse_message(data: bytes) -> Message:
    """Read one datagram.

    Raises:
        SipError: if it is too large, malformed, or lacks what every message must have.
    """
    if len(data) > MAX_MESSAGE:
        raise SipError(f"a message of {len(data)} bytes")
    head, separator, rest = data.lstrip(b"\r\n").partition(b"\r\n\r\n")
    if not separator or b"\0" in head:
        raise SipError("a message without the end of its header")
    try:
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8")).split("\r\n")
    except UnicodeDecodeError as error:
        raise SipError("a header that is not UTF-8") from error
    headers = _headers_of(lines[1:])
    body = _body_of(headers, rest)
    message = _started(lines[0], headers, body)
    if isinstance(message, Request) and cseq_of(message)[1] != message.method:
        raise SipError("CSeq names another method")
    return message


def _headers_of(lines: list[str]) -> Headers:
    if len(lines) > MAX_HEADERS:
        raise SipError(f"{len(lines)} header lines")
    headers = Headers()
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.strip()
        if not colon or not TOKEN.match(name):
            raise SipError("a header line without a name")
        headers.add(name, value.strip())
    for name in REQUIRED:
        if not headers.get(name):
            raise SipError(f"a message without {name}")
    return headers


def _body_of(headers: Headers, rest: bytes) -> bytes:
    length = headers.get("content-length")
    if not length:
        return rest
    if not (length.isascii() and length.isdigit() and len(length) <= 6) or int(length) > len(rest):
        raise SipError("Content-Length does not fit the message")
    return rest[: int(length)]


def _started(line: str, headers: Headers, body: bytes) -> Message:
    if line.startswith(VERSION + " "):
        status, _, reason = line.removeprefix(VERSION + " ").partition(" ")
        if not re.fullmatch(r"[1-6][0-9]{2}", status):
            raise SipError("a status line without a status")
        cseq_of(response := Response(int(status), reason, headers, body))
        return response
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] != VERSION or not TOKEN.match(parts[0]):
        raise SipError("a first line that is not SIP/2.0")
    if len(parts[1]) > MAX_URI:
        raise SipError("a request URI that is too long")
    return Request(parts[0], parts[1], headers, body)


def cseq_of(message: Message) -> tuple[int, str]:
    """The sequence number and the method it belongs to.

    Raises:
        SipError: if CSeq is broken.
    """
    number, _, method = message.headers.get("cseq").partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= 10):
        raise SipError("a CSeq without a number")
    if int(number) > MAX_SEQUENCE or not TOKEN.match(method.strip()):
        raise SipError("a CSeq out of range")
    return int(number), method.strip()


def parse_uri(text: str) -> Uri:
    """Read a URI, bare or inside `<...>` with a display name and parameters around it.

    Raises:
        SipError: if it is no sip: URI.
    """
    bracketed = re.search(r"<([^<>]*)>", text)
    match = ADDRESS.match(bracketed[1] if bracketed else text.strip())
    if match is None or int(match[3] or 0) > 65535:
        raise SipError("not a sip: URI")
    return Uri((match[1] or "").partition(":")[0], match[2], int(match[3] or 5060))


def uri_text(value: str) -> str:
    """The URI of a Contact, Route, From or To value, without what stands around it."""
    bracketed = re.search(r"<([^<>]*)>", value)
    return bracketed[1] if bracketed else value.partition(";")[0].strip()


def parameter(value: str, name: str) -> str:
    """A header parameter such as the tag of From or the branch of Via; "" if absent."""
    outside = re.sub(r'"[^"]*"|<[^<>]*>', "", value)
    match = re.search(rf";\s*{re.escape(name)}\s*=\s*([^;,\s]+)", outside, re.IGNORECASE)
    return match[1] if match else ""


def split_list(value: str) -> list[str]:
    """Take a comma list apart, leaving commas in quotes and angle brackets alone."""
    return [part.strip() for part in re.findall(r'(?:"[^"]*"|<[^<>]*>|[^,])+', value)]


def response_to(request: Request, status: int, tag: str = "", reason: str = "") -> Response:
    """A response with the fields that must be copied (section 8.2.6.2)."""
    response = Response(status, reason or REASONS.get(status, "Response"))
    for name in ("Via", "Record-Route"):
        for value in request.headers.all(name):
            response.headers.add(name, value)
    to = request.headers.get("To")
    if tag and not parameter(to, "tag"):
        to += f";tag={tag}"
    response.headers.add("From", request.headers.get("From"))
    response.headers.add("To", to)
    for name in ("Call-ID", "CSeq"):
        response.headers.add(name, request.headers.get(name))
    return response


def canonical(name: str) -> str:
    """A header's full name in lower case."""
    lowered = name.lower()
    return COMPACT.get(lowered, lowered)


def _same(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)


def _written(first: str, headers: Headers, body: bytes) -> bytes:
    lines = [first, *(f"{k}: {v}" for k, v in headers.fields if canonical(k) != "content-length")]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
