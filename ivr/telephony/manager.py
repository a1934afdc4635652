"""The `SwitchManager` of `ivr.ports`: Asterisk's AMI over a link that heals itself."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self
from weakref import WeakSet

from ivr.errors import ManagerError
from ivr.ports import SwitchBack, SwitchEvent, SwitchFields, SwitchLost, SwitchNotice
from ivr.telephony.ami_link import AmiLink
from ivr.telephony.listening import LOOPBACK

AMI_PORT = 5038
ACTION_SECONDS = 5.0
"""How long Asterisk may take over one action."""
PING_SECONDS = 10.0
"""How often an idle link is tried."""
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses between attempts to reconnect; the last one repeats."""
NOBODY = "-"
"""A member that no queue has."""
MAX_NOTICES = 10_000
"""Notices that wait for one slow subscriber."""

log = logging.getLogger(__name__)


class AmiManager:
    """Connected while the `async with` block runs, and reconnecting where it must.

    After each reconnection subscribers get `SwitchBack` with fresh snapshots, because AMI events
    are not repeated. Actions are never repeated either: one that was cut off raises.
    """

    def __init__(
        self,
        username: str,
        secret: str,
        *,
        host: str = LOOPBACK,
        port: int = AMI_PORT,
        action_seconds: float = ACTION_SECONDS,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self.host = host
        self.port = port
        self._username = username
        self._secret = secret
        self._action_seconds = action_seconds
        self._ping_seconds = ping_seconds
        self._link: AmiLink | None = None
        self._subscriptions: WeakSet[_Subscription] = WeakSet()
        self._group = asyncio.TaskGroup()
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Connect and log in.

        Raises:
            ManagerError: if Asterisk is not there or refuses the login.
        """
        self._link = await self._connect()
        await self._group.__aenter__()
        self._keeper = self._group.create_task(self._keep())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._keeper is not None
        self._keeper.cancel()
        await self._group.__aexit__(None, None, None)
        if self._link is not None:
            self._link.close()
            self._link = None
        for subscription in tuple(self._subscriptions):
            subscription.end()

    @property
    def connected(self) -> bool:
        return self._link is not None and not self._link.lost.is_set()

    def events(self) -> AsyncIterator[SwitchNotice]:
        """A subscription from this moment on. A slow reader loses the oldest notices, logged."""
        subscription = _Subscription()
        self._subscriptions.add(subscription)
        return subscription

    async def ping(self) -> None:
        await self._do("Ping")

    async def add_member(
        self, queue: str, interface: str, name: str, penalty: int, state_interface: str = ""
    ) -> None:
        await self._do(
            "QueueAdd",
            Queue=queue,
            Interface=interface,
            MemberName=name,
            Penalty=str(penalty),
            StateInterface=state_interface,
        )

    async def remove_member(self, queue: str, interface: str) -> None:
        await self._do("QueueRemove", Queue=queue, Interface=interface)

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None:
        await self._do("QueuePenalty", Queue=queue, Interface=interface, Penalty=str(penalty))

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None:
        state = "true" if paused else "false"
        await self._do("QueuePause", Interface=interface, Paused=state, Reason=reason)

    async def redirect(self, channel: str, context: str, extension: str) -> None:
        await self._do("Redirect", Channel=channel, Context=context, Exten=extension, Priority="1")

    async def hang_up(self, channel: str) -> None:
        await self._do("Hangup", Channel=channel)

    async def originate(
        self, channel: str, context: str, extension: str, channel_id: str, seconds: float
    ) -> None:
        await self._do(
            "Originate",
            Channel=channel,
            Context=context,
            Exten=extension,
            Priority="1",
            Timeout=str(round(seconds * 1000)),
            ChannelId=channel_id,
            Async="true",
        )

    async def ring(
        self,
        channel: str,
        application: str,
        argument: str,
        channel_id: str,
        seconds: float,
        shown: str,
    ) -> None:
        """Dial `channel`, ringing so long, and run an application for who answers; at once.

        `shown` is the name that the telephone displays. OriginateResponse tells how it ended.
        """
        await self._do(
            "Originate",
            Channel=channel,
            Application=application,
            Data=argument,
            Timeout=str(round(seconds * 1000)),
            CallerID=f'"{shown}" <>',
            ChannelId=channel_id,
            Async="true",
        )

    async def withdraw(self, queue: str, channel: str) -> None:
        """Ask app_queue to give a waiting caller back to whoever put them into the queue."""
        await self._do("QueueWithdrawCaller", Queue=queue, Caller=channel)

    async def press(self, channel: str, key: str) -> None:
        """Let Asterisk act as if this channel had pressed a key."""
        await self._do("PlayDTMF", Channel=channel, Digit=key, Receive="true")

    async def channels(self) -> tuple[SwitchFields, ...]:
        return await self._live().list("CoreShowChannels")

    async def queue_status(self) -> tuple[SwitchFields, ...]:
        return await self._live().list("QueueStatus")

    async def queue_callers(self) -> tuple[SwitchFields, ...]:
        """The QueueEntry events of `queue_status`, at a fraction of its cost."""
        status = await self._live().list("QueueStatus", {"Member": NOBODY})
        return tuple(fields for fields in status if fields["Event"] == "QueueEntry")

    async def members_of(self, queue: str) -> tuple[SwitchFields, ...]:
        """The QueueMember events of one queue; raises as `action` does."""
        status = await self._live().list("QueueStatus", {"Queue": queue})
        return tuple(fields for fields in status if fields["Event"] == "QueueMember")

    async def queue_members(self) -> tuple[SwitchFields, ...]:
        return tuple(
            fields for fields in await self.queue_status() if fields["Event"] == "QueueMember"
        )

    # -- the link ------------------------------------------------------------------------------

    def _live(self) -> AmiLink:
        if self._link is None or self._link.lost.is_set():
            raise ManagerError(
                f"the link to AMI at {self.host}:{self.port} is down and being restored: "
                "try again when it is back"
            )
        return self._link

    async def _do(self, action: str, **fields: str) -> None:
        given = {name: value for name, value in fields.items() if value}
        await self._live().action(action, given)

    async def _connect(self) -> AmiLink:
        link = AmiLink(self._action_seconds, self._heard)
        await link.open(self.host, self.port)
        try:
            await link.action(
                "Login", {"Username": self._username, "Secret": self._secret, "Events": "on"}
            )
        except ManagerError as error:
            link.close()
            raise ManagerError(
                f"AMI at {self.host}:{self.port} did not log in {self._username!r}: {error}; "
                "compare the name and secret with manager.conf"
            ) from error
        except BaseException:
            link.close()
            raise
        return link

    async def _keep(self) -> None:
        """Watch the link for ever, and restore it each time it breaks."""
        while True:
            await self._watch()
            log.warning("the link to AMI at %s:%d is lost: reconnecting", self.host, self.port)
            self._publish(SwitchLost())
            attempt = 0
            while not await self._restored():
                await asyncio.sleep(RETRY_SECONDS[min(attempt, len(RETRY_SECONDS) - 1)])
                attempt += 1
            log.info("the link to AMI at %s:%d is back", self.host, self.port)

    async def _watch(self) -> None:
        """Return once the link is lost; one that does not answer a ping is."""
        link = self._link
        assert link is not None
        while not link.lost.is_set():
            try:
                async with asyncio.timeout(self._ping_seconds):
                    await link.lost.wait()
            except TimeoutError:
                try:
                    await link.action("Ping", {})
                except ManagerError:
                    link.close()

    async def _restored(self) -> bool:
        """Try once: connect, take the snapshots, tell the subscribers."""
        try:
            self._link = await self._connect()
            back = SwitchBack(await self.channels(), await self.queue_status())
        except ManagerError as error:
            if self._link is not None:
                self._link.close()
            log.warning("%s", error)
            return False
        self._publish(back)
        return True

    def _heard(self, fields: SwitchFields) -> None:
        if "Event" in fields:
            self._publish(SwitchEvent(fields))

    def _publish(self, notice: SwitchNotice) -> None:
        for subscription in tuple(self._subscriptions):
            subscription.put(notice)


class _Subscription(AsyncIterator[SwitchNotice]):
    """A bounded queue of notices for one reader."""

    def __init__(self) -> None:
        self._waiting: deque[SwitchNotice] = deque()
        self._ready = asyncio.Event()
        self._ended = False
        self.dropped = 0

    def put(self, notice: SwitchNotice) -> None:
        if len(self._waiting) >= MAX_NOTICES:
            self._waiting.popleft()
            self.dropped += 1
            if self.dropped == 1:
                log.error("a subscriber of AMI events is too slow: the oldest are dropped")
        self._waiting.append(notice)
        self._ready.set()

    def end(self) -> None:
        self._ended = True
        self._ready.set()

    async def __anext__(self) -> SwitchNotice:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._waiting.popleft()
