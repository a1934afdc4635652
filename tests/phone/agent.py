"""A scripted agent's phone: registers or waits at a fixed port, and takes calls as told."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from tests.phone.dialog import dialog_of_invite
from tests.phone.errors import CallEnded, CallRefused
from tests.phone.incoming import IncomingCall
from tests.phone.phone import Phone
from tests.phone.registration import Registration
from tests.phone.sip import Request, SipError


@dataclass(frozen=True, slots=True)
class Answer:
    """Ring for `after` seconds, then answer."""

    after: float = 0.2


@dataclass(frozen=True, slots=True)
class Refuse:
    """Ring for `after` seconds (0: not at all), then refuse with a status."""

    status: int = 486
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class RingOn:
    """Ring until the caller gives up, or the script answers by hand."""


Behaviour = Answer | Refuse | RingOn
Script = Callable[[IncomingCall], Awaitable[None]]


class AgentPhone(Phone):
    """A phone that takes calls: at `port` as a static contact, or registered with `registrar`.

    `behaviour` may be changed at any time and holds for the calls that follow. `script` runs for
    each answered call; when the call ends under it, that is its end. More than `lines` calls at
    once are refused with 486.
    """

    def __init__(
        self,
        local_ip: str = "127.0.0.1",
        port: int = 0,
        *,
        username: str = "agent",
        password: str = "",
        registrar: str = "",
        behaviour: Behaviour | None = None,
        script: Script | None = None,
        lines: int = 1,
    ) -> None:
        super().__init__(local_ip, port, username=username, password=password)
        self.behaviour: Behaviour = behaviour or Answer()
        self.script = script
        self.lines = lines
        self._user = username
        self._registrar = registrar
        self._registration: Registration | None = None
        self._arrivals: asyncio.Queue[IncomingCall] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        if self._registrar:
            try:
                await self._register()
            except BaseException:
                await super().close()
                raise
        return self

    async def close(self) -> None:
        """Unregister, hang up all calls and release everything."""
        if self._registration is not None:
            await self._registration.remove()
            self._registration = None
        await super().close()

    @property
    def uri(self) -> str:
        """How to dial this phone directly."""
        return f"sip:{self._user}@{self.address[0]}:{self.address[1]}"

    async def next_call(self, timeout: float = 30.0) -> IncomingCall:
        """The next call that came in, once for each; it may still ring.

        Raises:
            TimeoutError: if none comes in time.
        """
        async with asyncio.timeout(timeout):
            return await self._arrivals.get()

    async def _register(self) -> None:
        registration = Registration(self._line, self._registrar, self._user)
        await registration.register()
        self._registration = registration
        self._line.tasks.start(registration.keep())

    def _invited(self, request: Request) -> None:
        if len(self.calls) >= self.lines:
            self._reply(request, 486)
            return
        try:
            dialog = dialog_of_invite(request, self.address, secrets.token_hex(6))
        except SipError:
            self._reply(request, 400)
            return
        call = IncomingCall(self._line, dialog, request)
        self._closing.add(call)
        self._line.tasks.start(self._take(call, self.behaviour))

    async def _take(self, call: IncomingCall, behaviour: Behaviour) -> None:
        await call.open(self._ip)
        self._arrivals.put_nowait(call)
        if not isinstance(behaviour, Refuse) or behaviour.after > 0:
            call.ring()
        if isinstance(behaviour, Answer | Refuse):
            # The caller may cancel meanwhile.
            await call.ended.wait(behaviour.after)
        if isinstance(behaviour, Answer):
            call.answer()
        elif isinstance(behaviour, Refuse):
            call.refuse(behaviour.status)
        with contextlib.suppress(CallRefused):
            await call.answered
        if self.script is not None and call.is_up:
            with contextlib.suppress(CallEnded):
                await self.script(call)
