"""Keeping a phone's address at a registrar (RFC 3261, section 10)."""

import asyncio
import secrets

from tests.phone.dialog import Dialog
from tests.phone.digest import CHALLENGES, authorise
from tests.phone.errors import RegistrationFailed
from tests.phone.line import Line
from tests.phone.sip import Request, Response, SipError, parse_uri

EXPIRES = 300
MAX_EXPIRES = 7200


class Registration:
    """One contact at one registrar, named by `registrar` (a sip: URI) for `user`."""

    def __init__(self, line: Line, registrar: str, user: str) -> None:
        uri = parse_uri(registrar)
        own = f"sip:{user}@{uri.host}"
        target = f"sip:{uri.host}:{uri.port}"
        tag, call_id = secrets.token_hex(6), secrets.token_hex(12)
        self._line = line
        self._dialog = Dialog(call_id, own, tag, own, target, line.endpoint.address)
        self._expires = EXPIRES

    async def register(self) -> None:
        """Bind the contact.

        Raises:
            RegistrationFailed: if the registrar refuses or does not answer.
        """
        response = await self._send(self._expires)
        if response.status == 423:
            asked = response.headers.get("min-expires")
            if asked.isascii() and asked.isdigit() and len(asked) <= 5:
                self._expires = min(max(int(asked), EXPIRES), MAX_EXPIRES)
                response = await self._send(self._expires)
        if response.status != 200:
            raise RegistrationFailed(f"the registrar said {response.status} {response.reason}")

    async def keep(self) -> None:
        """Renew at half time until cancelled."""
        while True:
            await asyncio.sleep(self._expires / 2)
            await self.register()

    async def remove(self) -> None:
        """Unbind the contact; a registrar that does not answer is left alone."""
        try:
            async with asyncio.timeout(4.0):
                await self._send(0)
        except TimeoutError:
            pass

    async def _send(self, expires: int) -> Response:
        response = await self._line.endpoint.request(*self._request(expires)).final()
        if response.status not in CHALLENGES or self._line.credentials is None:
            return response
        request, address = self._request(expires)
        try:
            authorise(request, response, *self._line.credentials, cnonce=secrets.token_hex(8))
        except SipError as error:
            raise RegistrationFailed(f"the registrar's challenge cannot be met: {error}") from error
        return await self._line.endpoint.request(request, address).final()

    def _request(self, expires: int) -> tuple[Request, tuple[str, int]]:
        request = self._dialog.request("REGISTER")
        request.headers.add("Expires", str(expires))
        return request, self._dialog.next_hop
