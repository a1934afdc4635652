"""The `CallChannel` of `ivr.ports` over AGI: one call's audio, variables, queueing and end."""

import asyncio
import logging
import re
from typing import Any
from uuid import uuid4

from ivr.audio.frames import AudioFrame
from ivr.errors import AgiError, AudioSocketError
from ivr.ports import AudioLink, QueueEntry, TransferOutcome
from ivr.telephony.agi import Environment, Response
from ivr.telephony.agi_session import AgiSession
from ivr.telephony.rendezvous import Rendezvous

DONE_VARIABLE = "IVR_DONE"
"""Set to 1 once a call was served: the dialplan's fallback queue then leaves it alone."""
QUEUE_OPTIONS = "tc"
"""t: the agent may transfer the caller on. c: the caller stays with us when the agent hangs up."""
AGENT_FEATURES = "ivr-escalate"
"""The feature codes of features.conf that an agent's phone has in a call with a caller. The
caller's phone has them too, so whoever obeys their event looks who sent it."""
SETTLE_SECONDS = 5.0
"""How long Asterisk may take to end AudioSocket() once the audio connection is closed."""

_CALL_ID = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
_VARIABLE = re.compile(r"_{0,2}[A-Za-z][A-Za-z0-9_]{0,79}")
_NO_ARGUMENT = re.compile(r'[,&"\\()\[\]\x00-\x1f\x7f]')

_OUTCOMES = {
    "CONTINUE": TransferOutcome.ANSWERED,
    "TIMEOUT": TransferOutcome.NO_ANSWER,
    "JOINEMPTY": TransferOutcome.NO_ANSWER,
    "LEAVEEMPTY": TransferOutcome.NO_ANSWER,
    "JOINUNAVAIL": TransferOutcome.NO_ANSWER,
    "LEAVEUNAVAIL": TransferOutcome.NO_ANSWER,
    "FULL": TransferOutcome.BUSY,
    "WITHDRAW": TransferOutcome.FAILED,
    "WITHDRAWN": TransferOutcome.FAILED,
}
"""QUEUESTATUS as app_queue sets it, in the words a flow knows."""

log = logging.getLogger(__name__)


class AgiChannel:
    """One call, owned by its AGI session.

    AGI is synchronous: while the audio link is open or the caller is queued, no other command
    reaches Asterisk. `set_variables` then waits; `hang_up` closes the link first. A queued call is
    reached by the manager interface only, under its `channel` name.
    """

    def __init__(
        self,
        session: AgiSession,
        environment: Environment,
        rendezvous: Rendezvous,
        audio_address: str,
        group: asyncio.TaskGroup,
    ) -> None:
        """`audio_address` is the `host:port` where Asterisk finds our AudioSocket server."""
        self.environment = environment
        self._session = session
        self._rendezvous = rendezvous
        self._audio_address = audio_address
        self._group = group
        self._link: _ChannelLink | None = None
        self._executing: set[asyncio.Task[Response | None]] = set()
        self._penalty_set = False

    @property
    def call_id(self) -> str:
        """Asterisk's unique id of the channel; letters, digits and `_.:-` only."""
        return self.environment.get("uniqueid")

    @property
    def caller(self) -> str:
        return self.environment.get("callerid")

    @property
    def called(self) -> str:
        return self.environment.get("dnid") or self.environment.get("extension")

    @property
    def channel(self) -> str:
        """Asterisk's name of the channel, for the manager interface."""
        return self.environment.get("channel")

    @property
    def gone(self) -> bool:
        """True once the call is no longer ours: hung up, redirected, or Asterisk is gone."""
        return self._session.hung_up

    async def open_audio(self) -> AudioLink:
        """Run `EXEC AudioSocket` and wait for the connection it makes to us."""
        if self._link is not None and not self._link.closed:
            raise AgiError("the audio of this call is open already: close it first")
        call = uuid4()
        arrived = self._rendezvous.expect(call)
        executed = self._group.create_task(self._execute_audio(str(call)))
        self._executing.add(executed)
        executed.add_done_callback(self._executing.discard)
        try:
            first: set[asyncio.Future[Any]] = {arrived, executed}
            await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if arrived.done() and not arrived.cancelled() and arrived.exception() is None:
                await arrived.result().close()
            raise
        finally:
            self._rendezvous.forget(call)
        if arrived.cancelled():
            raise self._no_audio(await executed)
        self._link = _ChannelLink(arrived.result(), executed)
        return self._link

    async def set_variables(self, values: dict[str, str]) -> None:
        """Set channel variables.

        Raises:
            AgiError: for a name that is none, a value with CR, LF or NUL, or if Asterisk refuses.
        """
        for name, value in values.items():
            if not _VARIABLE.fullmatch(name):
                raise AgiError(f"{name!r} is no name of a channel variable")
            await self._set(name, value)

    async def play(self, sound: str) -> None:
        """Run Playback(); what the caller does not hear for whatever reason is no failure.

        Raises:
            AgiError: if the name cannot be sent.
        """
        if _NO_ARGUMENT.search(sound):
            raise AgiError("the sound file's name holds a character that Playback() cannot take")
        if not self.gone:
            await self._session.command("EXEC Playback", sound, seconds=None)

    async def enqueue(self, entry: QueueEntry) -> TransferOutcome:
        """Run app_queue; the caller hears music until an agent answers.

        Returns ANSWERED when an agent was connected, whoever hung up afterwards (then `gone` tells
        whether the caller is still there), and ABANDONED when the caller left the queue.

        Raises:
            AgiError: if an argument cannot be sent, or Asterisk went away while the caller waited.
        """
        if self._link is not None and not self._link.closed:
            raise AgiError("the audio of this call is open: close it before queueing the caller")
        arguments = queue_arguments(entry, self.environment.get("version"))
        if self.gone:
            return TransferOutcome.ABANDONED
        for name in ("QUEUESTATUS", "ABANDONED", "ANSWEREDTIME"):
            await self._set(name, "")  # what an earlier queue left behind
        await self._set("QUEUE_PRIO", str(entry.priority))
        await self._set("__DYNAMIC_FEATURES", AGENT_FEATURES)
        if entry.max_penalty > 0 or self._penalty_set:
            self._penalty_set = entry.max_penalty > 0
            await self._set("QUEUE_MAX_PENALTY", str(entry.max_penalty or ""))
        response = await self._session.command("EXEC Queue", arguments, seconds=None)
        if response.code != 200 or response.result == "-2":
            log.error("call %s: Asterisk cannot run Queue: is app_queue loaded?", self.call_id)
            return TransferOutcome.FAILED
        return await self._queue_outcome()

    async def join(self, channel: str) -> bool:
        """Run Bridge() with a channel that waits, hung up afterwards; see `ivr.ports`.

        Raises:
            AgiError: if the name cannot be sent, or Asterisk went away.
        """
        if self._link is not None and not self._link.closed:
            raise AgiError("the audio of this call is open: close it before joining the caller")
        if not channel or _NO_ARGUMENT.search(channel):
            raise AgiError("the channel's name holds a character that Bridge() cannot take")
        if self.gone:
            return False
        await self._set("BRIDGERESULT", "")
        await self._session.command("EXEC Bridge", f"{channel},x", seconds=None)
        return await self._get("BRIDGERESULT") == "SUCCESS"

    async def hang_up(self) -> None:
        """End the call; harmless when it has ended. A queued call waits until its queue is over."""
        if self._link is not None:
            await self._link.close()
        if self.gone:
            return
        try:
            await self._session.command("HANGUP")
            await self._session.command("NOOP")  # answered after the HANGUP line: `gone` is right
        except AgiError:
            if not self.gone:
                raise

    # -- for the server ------------------------------------------------------------------------

    async def finish(self) -> None:
        """Tell the dialplan that this call was served, so that its fallback leaves it alone."""
        if self._link is not None:
            await self._link.close()
        if self.gone:
            return
        try:
            await self._set(DONE_VARIABLE, "1")
        except AgiError:
            if not self.gone:
                raise

    async def release(self) -> None:
        """Give the channel back to the dialplan as it is, without saying that it was served."""
        if self._link is not None:
            await self._link.close()
        for executed in self._executing:
            executed.cancel()  # Asterisk does not answer: do not wait for it any longer

    # -- inside --------------------------------------------------------------------------------

    async def _execute_audio(self, call: str) -> Response | None:
        """Run AudioSocket() until it ends; never raises, so that the call's group lives on."""
        try:
            response = await self._session.command(
                "EXEC AudioSocket", f"{call},{self._audio_address}", seconds=None
            )
            # HANGUP follows the answer, but precedes the next: after this `gone` is right.
            await self._session.command("NOOP")
            return response
        except AgiError as error:
            log.debug("call %s: AudioSocket() ended: %s", self.call_id, error)
            return None

    def _no_audio(self, response: Response | None) -> AgiError | AudioSocketError:
        if self.gone or response is None:
            return AgiError(f"call {self.call_id} ended before its audio was connected")
        if response.code != 200 or response.result == "-2":
            return AgiError("Asterisk cannot run AudioSocket: load app_audiosocket")
        return AudioSocketError(
            f"Asterisk could not connect the audio of call {self.call_id} to "
            f"{self._audio_address}: check that it can reach this address"
        )

    async def _queue_outcome(self) -> TransferOutcome:
        status = await self._get("QUEUESTATUS")
        if status in _OUTCOMES:
            return _OUTCOMES[status]
        # No status: the caller hung up (waiting or talking), or there is no such queue.
        if await self._get("ABANDONED") == "TRUE":
            return TransferOutcome.ABANDONED
        if (await self._get("ANSWEREDTIME")) not in ("", "0"):
            return TransferOutcome.ANSWERED
        return TransferOutcome.ABANDONED if self.gone else TransferOutcome.FAILED

    async def _set(self, name: str, value: str) -> None:
        response = await self._session.command("SET VARIABLE", name, value)
        if response.code != 200:
            raise AgiError(f"Asterisk refused to set {name}: {response.code} {response.data}")

    async def _get(self, name: str) -> str:
        response = await self._session.command("GET VARIABLE", name)
        return response.data if response.code == 200 and response.result == "1" else ""


def check_environment(environment: Environment) -> None:
    """Refuse an environment that names no call.

    Raises:
        AgiError: if it lacks a usable agi_uniqueid or agi_channel.
    """
    if not _CALL_ID.fullmatch(environment.get("uniqueid")) or not environment.get("channel"):
        raise AgiError("the AGI environment names no usable agi_uniqueid and agi_channel")


def queue_arguments(entry: QueueEntry, version: str) -> str:
    """The argument of app_queue's Queue() for an Asterisk of this version.

    The penalty rule is the 8th argument; before Asterisk 21 a macro stood before it.

    Raises:
        AgiError: if a name holds a character that app_queue would take for its own.
    """
    for what, value in (
        ("queue", entry.queue),
        ("penalty rule", entry.rule),
        ("announcement", entry.announcement),
    ):
        if _NO_ARGUMENT.search(value):
            raise AgiError(f"the {what} {value!r} holds a character that Queue() cannot take")
    if not entry.queue:
        raise AgiError("a queue without a name")
    major = re.match(r"\d+", version)
    macro = "," if major is not None and int(major[0]) < 21 else ""
    timeout = str(entry.timeout) if entry.timeout > 0 else ""
    return (
        f"{entry.queue},{QUEUE_OPTIONS},,{entry.announcement},{timeout},,{macro},{entry.rule}"
    ).rstrip(",")


class _ChannelLink:
    """An audio link that knows the `EXEC AudioSocket` it lives in.

    The end of `receive` and of `close` waits until Asterisk has left AudioSocket(), so that the
    channel's `gone` is right and its next command can be sent.
    """

    def __init__(self, link: AudioLink, executed: "asyncio.Task[Response | None]") -> None:
        self._link = link
        self._executed = executed
        self.closed = False

    async def receive(self) -> AudioFrame | str | None:
        item = await self._link.receive()
        if item is None:
            await self._settle()
        return item

    def send(self, frame: AudioFrame) -> None:
        self._link.send(frame)

    async def close(self) -> None:
        await self._link.close()
        await self._settle()
        self.closed = True

    async def _settle(self) -> None:
        if not self._executed.done():
            await asyncio.wait({self._executed}, timeout=SETTLE_SECONDS)
