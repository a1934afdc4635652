"""One connection to the Asterisk Manager Interface, through panoramisk, with its edges bounded.

panoramisk parses and pairs actions with answers. What this file adds: checked values, deadlines,
a bounded buffer, UTF-8 across chunks, and no reconnecting of its own (see `ivr.telephony.manager`).
"""

import asyncio
import codecs
import logging
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import panoramisk
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol

from ivr.errors import ManagerError
from ivr.ports import SwitchFields

MAX_MESSAGE = 256 * 1024
"""Characters of one message we accept."""
MAX_LIST = 50_000
"""Messages of one list answer we accept."""
NEVER = 10**9
"""Seconds: panoramisk's own pings are not used, they have no deadline."""

_FORBIDDEN = re.compile(r"[\r\n\0]")

log = logging.getLogger(__name__)

# panoramisk logs whole messages, and with them callers' numbers; we log what matters ourselves.
_silent = logging.getLogger(f"{__name__}.panoramisk")
_silent.setLevel(logging.CRITICAL + 1)


class AmiLink:
    """An open connection. `lost` is set once it is of no more use."""

    def __init__(self, seconds: float, on_event: Callable[[SwitchFields], None]) -> None:
        self.lost = asyncio.Event()
        self._seconds = seconds
        self._on_event = on_event
        self._manager = _Manager(self)
        self._pending: set[asyncio.Future[Any]] = set()

    async def open(self, host: str, port: int) -> None:
        """Connect.

        Raises:
            ManagerError: if nobody listens there, or not in time.
        """
        loop = asyncio.get_running_loop()
        advice = "is Asterisk running, and does its manager.conf enable AMI on this port?"
        try:
            async with asyncio.timeout(self._seconds):
                connection = await loop.create_connection(lambda: _Protocol(self), host, port)
        except TimeoutError:
            raise ManagerError(f"AMI at {host}:{port} does not answer: {advice}") from None
        except OSError as error:
            raise ManagerError(
                f"cannot reach AMI at {host}:{port} ({error.strerror or error}): {advice}"
            ) from error
        made: asyncio.Future[Any] = loop.create_future()
        made.set_result(connection)
        self._manager.connection_made(made)

    async def action(self, name: str, fields: Mapping[str, str]) -> SwitchFields:
        """Do one action.

        Raises:
            ManagerError: if a value cannot be sent, Asterisk refuses, or does not answer in time.
        """
        return _fields(await self._send(name, fields, as_list=False))

    async def list(
        self, name: str, fields: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[SwitchFields, ...]:
        """The events of an action that answers with a list; raises as `action` does."""
        messages = await self._send(name, fields, as_list=True)
        return tuple(_fields(message) for message in messages[1:-1])

    def close(self) -> None:
        """Close; whoever waits for an answer gets ManagerError."""
        self.lost.set()
        for answer in self._pending:
            if not answer.done():
                answer.set_exception(ManagerError("the link to Asterisk broke"))
        self._manager.close()

    async def _send(self, name: str, fields: Mapping[str, str], *, as_list: bool) -> Any:
        action = _Action({"Action": name, **_checked(name, fields)})
        if self.lost.is_set():
            raise ManagerError(f"AMI {name}: the link to Asterisk is down")
        answer: asyncio.Future[Any] = self._manager.send_action(action, as_list=as_list)
        self._pending.add(answer)
        try:
            async with asyncio.timeout(self._seconds):
                result = await answer
        except TimeoutError:
            raise ManagerError(f"AMI {name}: no answer within {self._seconds:g} s") from None
        finally:
            self._pending.discard(answer)
            self._manager.protocol.responses.pop(action.id, None)
        first = result[0] if isinstance(result, list) else result
        if not first.success:
            raise ManagerError(f"Asterisk refused AMI {name}: {first.message or 'no reason given'}")
        return result

    def heard(self, message: Any) -> None:
        self._on_event(_fields(message))


class _Manager(panoramisk.Manager):  # type: ignore[misc]
    """panoramisk's manager for one connection: it neither reconnects nor sends anything again."""

    def __init__(self, link: AmiLink) -> None:
        super().__init__(
            log=_silent, loop=asyncio.get_running_loop(), ping_delay=NEVER, ping_interval=NEVER
        )
        self._link = link

    def connection_lost(self, exc: object) -> None:
        self._link.close()

    def dispatch(self, event: Any) -> list[str]:
        self._link.heard(event)
        return []


class _Protocol(AMIProtocol):  # type: ignore[misc]
    """panoramisk's protocol, fed with whole characters only and never with an endless message."""

    def __init__(self, link: AmiLink) -> None:
        self._link = link
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.factory = self._link._manager
        self.log = _silent

    def data_received(self, data: bytes) -> None:
        super().data_received(self._decoder.decode(data).encode("utf-8"))
        if self.queue and len(self.queue[0]) > MAX_MESSAGE:
            log.error("AMI sent a message of more than %d characters: link closed", MAX_MESSAGE)
            self.transport.abort()


class _Action(Action):  # type: ignore[misc]
    """An action whose answer is a list only if it was asked for and not refused."""

    @property
    def multi(self) -> bool:
        return bool(self.as_list) and bool(self.responses[0].success)

    def add_message(self, message: Any) -> bool | None:
        if len(self.responses) >= MAX_LIST and not self.future.done():
            self.future.set_exception(ManagerError(f"AMI sent a list of more than {MAX_LIST}"))
        done: bool | None = super().add_message(message)
        return done


def _checked(name: str, fields: Mapping[str, str]) -> dict[str, str]:
    for key, value in fields.items():
        if _FORBIDDEN.search(value):
            raise ManagerError(f"AMI {name}: {key} holds CR, LF or NUL, which cannot be sent")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise ManagerError(f"AMI {name}: {key} cannot be sent as UTF-8") from None
    return dict(fields)


def _fields(message: Any) -> SwitchFields:
    """A panoramisk message as plain text fields; a header that repeats is joined by newlines."""
    return {
        str(key): "\n".join(value) if isinstance(value, list) else str(value)
        for key, value in message.items()
        if key != "content"
    }
