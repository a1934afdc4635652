"""Door: lets a request in, or says why not, before anything of it is understood.

Browsers are kept from asking for a page that is not ours: by Host (a name that was made to point
here, "DNS rebinding"), Origin and Sec-Fetch-Site. A browser cannot set headers of a WebSocket, so
there the token may come as a subprotocol, `ivr.token.TOKEN` beside `ivr.v1`; never in an address.
"""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ivr.server.api.access import LOCAL_ADMIN, NOBODY, Caller, of_token
from ivr.server.api.limits import (
    BODY_SECONDS,
    MAX_BODY,
    MAX_HEAD,
    MAX_TARGET,
    WRONG_TOKENS,
    Patience,
)
from ivr.server.api.tokens import Tokens

SUBPROTOCOL = "ivr.v1"
TOKEN_SUBPROTOCOL = "ivr.token."
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


class Refused(Exception):  # noqa: N818 - what happened
    """A request that comes no further."""

    def __init__(self, status: int, why: str, **headers: str) -> None:
        super().__init__(why)
        self.status = status
        self.headers = headers


@dataclass(slots=True)
class Door:
    """One door of the API as an ASGI application; `app` stands behind it and may be exchanged.

    `local` is the Unix socket: only its owner can open it, so whoever comes is an admin. `hosts`
    are the names, in lower case and without port, by which this door may be called.
    """

    app: ASGIApp
    tokens: Tokens
    local: bool
    hosts: frozenset[str] = frozenset(LOCAL_HOSTS)
    wrong: Patience = field(default_factory=lambda: Patience(WRONG_TOKENS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return
        try:
            caller = self._admit(scope)
            if scope["type"] == "http":
                receive = _replayed(await _body(scope, receive))
        except Refused as refusal:
            await refuse(scope, send, refusal)
            return
        scope.setdefault("state", {})["caller"] = caller
        await self.app(scope, receive, send)

    def _admit(self, scope: Scope) -> Caller:
        headers = _Headers(scope["headers"])
        if headers.size > MAX_HEAD:
            raise Refused(431, f"headers of more than {MAX_HEAD} bytes", Connection="close")
        _check_target(scope)
        host = headers.one("host")
        if _name(host) not in self.hosts:
            raise Refused(421, "this server is not called by that host name")
        _check_origin(headers, host, self.local)
        token = _token(scope, headers)
        if token is None:
            return LOCAL_ADMIN if self.local else NOBODY
        if found := self.tokens.find(token):
            return of_token(found)
        if self.wrong.takes(address_of(scope)):  # right tokens never suffer for wrong ones
            raise Refused(401, "this token is not known here", **{"WWW-Authenticate": "Bearer"})
        raise Refused(429, "too many wrong tokens: wait a second", **{"Retry-After": "1"})


def address_of(scope: Scope) -> str:
    """Where a request comes from; "" by the Unix socket."""
    return str(scope["client"][0]) if scope.get("client") else ""


class _Headers:
    """A request's headers, of which the ones that matter may come once only."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._raw = tuple(raw)
        self.size = sum(len(name) + len(value) for name, value in self._raw)

    def one(self, name: str) -> str:
        values = [value for key, value in self._raw if key.lower() == name.encode()]
        if len(values) > 1:
            raise Refused(400, f"more than one {name} header")
        return values[0].decode("latin-1").strip() if values else ""


def _check_target(scope: Scope) -> None:
    path, query = scope.get("raw_path") or b"", scope.get("query_string", b"")
    if len(path) + len(query) > MAX_TARGET:
        raise Refused(414, f"an address of more than {MAX_TARGET} bytes")
    try:
        text = unquote_to_bytes(path).decode() + unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        raise Refused(400, "the address is not UTF-8") from None
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in text):
        raise Refused(400, "the address holds a control character")


def _name(host: str) -> str:
    """The name of a Host header, without its port."""
    name, colon, port = host.lower().rpartition(":")
    return name if colon and port.isdecimal() else host.lower()


def _check_origin(headers: _Headers, host: str, local: bool) -> None:
    origin = headers.one("origin").lower()
    ours = [f"{scheme}://{host.lower()}" for scheme in ("http", "https")]  # a proxy may do TLS
    if origin and (local or origin not in ours):
        raise Refused(403, "pages of other sites may not ask here")
    if headers.one("sec-fetch-site") in ("cross-site", "same-site"):
        raise Refused(403, "pages of other sites may not ask here")


def _token(scope: Scope, headers: _Headers) -> str | None:
    """The token that was shown, if any."""
    if given := headers.one("authorization"):
        kind, _, token = given.partition(" ")
        if kind.lower() != "bearer":
            raise Refused(401, "expected Authorization: Bearer TOKEN")
        return token.strip()
    for name in scope.get("subprotocols", ()):
        if name.startswith(TOKEN_SUBPROTOCOL):
            return str(name.removeprefix(TOKEN_SUBPROTOCOL))
    return None


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The whole body, in good time and of a good size."""
    length = _Headers(scope["headers"]).one("content-length")
    if length.isdecimal() and int(length[:20]) > MAX_BODY:
        raise Refused(413, f"a body of more than {MAX_BODY} bytes", Connection="close")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "the request broke off")
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise Refused(413, f"a body of more than {MAX_BODY} bytes", Connection="close")
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError:
        why = f"the body did not come within {BODY_SECONDS:.0f} s"
        raise Refused(408, why, Connection="close") from None


def _replayed(body: bytes) -> Receive:
    """A `receive` that gives this body, then says that no more comes."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


async def refuse(scope: Scope, send: Send, refusal: Refused) -> None:
    """Answer {"error": TEXT}; for a WebSocket in place of the handshake."""
    body = json.dumps({"error": str(refusal)}, ensure_ascii=False).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        **{name.lower(): value for name, value in refusal.headers.items()},
    }
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": f"{kind}.response.start", "status": refusal.status, "headers": raw})
    await send({"type": f"{kind}.response.body", "body": body})
