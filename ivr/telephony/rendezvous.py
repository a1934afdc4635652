"""Rendezvous joins a call that waits for its audio with the audio connection that names it."""

import asyncio
import logging
from uuid import UUID

from ivr.errors import AudioSocketError
from ivr.ports import AudioLink

MAX_EXPECTED = 1000
"""Calls that may wait for their audio at the same time."""
EXPECT_SECONDS = 10.0
"""How long one waits; Asterisk itself gives up connecting after 2 s."""

log = logging.getLogger(__name__)


class Rendezvous:
    """Ids that are expected, each good for one connection and a limited time.

    AudioSocket has no authentication: a fresh random id, expected once, is what keeps strangers
    out of a call.
    """

    def __init__(self, *, limit: int = MAX_EXPECTED, seconds: float = EXPECT_SECONDS) -> None:
        self._limit = limit
        self._seconds = seconds
        self._expected: dict[UUID, asyncio.Future[AudioLink]] = {}

    def __len__(self) -> int:
        return len(self._expected)

    def expect(self, call: UUID) -> asyncio.Future[AudioLink]:
        """The link that a connection naming `call` will bring; `forget` it to give up.

        The future raises AudioSocketError when no connection came in time.

        Raises:
            AudioSocketError: if the id is expected already, or too many calls wait.
        """
        if call in self._expected:
            raise AudioSocketError(f"call id {call} is expected already: every id is used once")
        if len(self._expected) >= self._limit:
            raise AudioSocketError(
                f"{self._limit} calls wait for their audio: is the AudioSocket port reachable "
                "from Asterisk?"
            )
        loop = asyncio.get_running_loop()
        future: asyncio.Future[AudioLink] = loop.create_future()
        timer = loop.call_later(self._seconds, self._expire, call)

        def settled(_: asyncio.Future[AudioLink]) -> None:
            timer.cancel()
            if self._expected.get(call) is future:
                del self._expected[call]

        future.add_done_callback(settled)
        self._expected[call] = future
        return future

    def expects(self, call: UUID) -> bool:
        """Whether `arrive` would take a link for this id."""
        future = self._expected.get(call)
        return future is not None and not future.done()

    def arrive(self, call: UUID, link: AudioLink) -> bool:
        """Hand over the link of a connection; False if nobody waits for this id (any more)."""
        future = self._expected.pop(call, None)
        if future is None or future.done():
            return False
        future.set_result(link)
        return True

    def forget(self, call: UUID) -> None:
        """Expect this id no longer; harmless if it is not expected."""
        future = self._expected.pop(call, None)
        if future is not None:
            future.cancel()

    def _expire(self, call: UUID) -> None:
        future = self._expected.pop(call, None)
        if future is not None and not future.done():
            future.set_exception(
                AudioSocketError(
                    f"no audio connection came within {self._seconds:g} s: check that Asterisk "
                    "loads app_audiosocket and can reach the AudioSocket port"
                )
            )
