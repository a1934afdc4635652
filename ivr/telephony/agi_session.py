"""One AGI conversation over a connection: commands in turn, answers, and the hang-up."""

import asyncio
import logging

from ivr.errors import AgiError
from ivr.telephony.agi import AgiConnection, Environment, HungUp, Response

HEADER_SECONDS = 5.0
"""How long a peer may take to send its whole environment."""
COMMAND_SECONDS = 10.0
"""How long Asterisk may take over a command that plays or waits for nothing."""
READ_BYTES = 4096

log = logging.getLogger(__name__)


class AgiSession:
    """Sends commands one after another; `run` must be running to hear the answers.

    AGI is synchronous. While `EXEC AudioSocket` or `EXEC Queue` runs, Asterisk answers no other
    command, so `command` waits for its turn; use the manager interface to reach such a call.
    A command that was cancelled still runs in Asterisk: the next one waits for its answer.
    """

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._agi = AgiConnection()
        self._turn = asyncio.Lock()
        self._answer: asyncio.Future[Response] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._failure: AgiError | None = None
        self.over = asyncio.Event()

    @property
    def hung_up(self) -> bool:
        """True once the channel is no longer ours, or Asterisk is gone."""
        return self._agi.hung_up or self._failure is not None

    async def environment(self, seconds: float = HEADER_SECONDS) -> Environment:
        """Read the environment, before `run`.

        Raises:
            AgiError: if it did not come whole and in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    data = await self._reader.read(READ_BYTES)
                    if not data:
                        self._agi.receive_eof()
                    environment = self._heard_first(data)
                    if environment is not None:
                        return environment
        except TimeoutError:
            raise AgiError(f"the AGI environment did not come within {seconds:g} s") from None
        except OSError as error:
            raise AgiError(f"the AGI connection broke: {error}") from error

    def _heard_first(self, data: bytes) -> Environment | None:
        """Every event of `data` counts: a hang-up may stand right behind the environment."""
        environment = None
        for event in self._agi.receive(data):
            if isinstance(event, Environment):
                environment = event
            elif isinstance(event, HungUp):
                self.over.set()
        return environment

    async def run(self) -> None:
        """Hear Asterisk until the connection ends; never raises what the peer did."""
        try:
            while data := await self._reader.read(READ_BYTES):
                for event in self._agi.receive(data):
                    if isinstance(event, HungUp):
                        self.over.set()
                    elif isinstance(event, Response):
                        self._answered(event)
            self._fail(AgiError("Asterisk closed the AGI connection"))
        except AgiError as error:
            log.warning("AGI session ended: %s", error)
            self._fail(error)
        except OSError as error:
            self._fail(AgiError(f"the AGI connection broke: {error}"))

    async def command(
        self, name: str, *arguments: str, seconds: float | None = COMMAND_SECONDS
    ) -> Response:
        """Send a command and wait for its answer; `seconds` None waits as long as it takes.

        Raises:
            AgiError: if it cannot be sent, was not answered in time, or Asterisk went away.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(seconds):
                    await self._idle.wait()
                    return await self._ask(name, *arguments)
            except TimeoutError:
                word = name.split()[0]
                raise AgiError(f"Asterisk did not answer AGI {word} within {seconds:g} s") from None

    async def _ask(self, name: str, *arguments: str) -> Response:
        if self._failure is not None:
            raise AgiError(str(self._failure))
        data = self._agi.send(name, *arguments)
        self._answer = asyncio.get_running_loop().create_future()
        self._idle.clear()
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            self._fail(AgiError(f"the AGI connection broke: {error}"))
        return await self._answer

    def _answered(self, response: Response) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(response)
        self._idle.set()

    def _fail(self, error: AgiError) -> None:
        """Nothing more will come: whoever waits for an answer gets this error."""
        if self._failure is None:
            self._failure = error
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
            self._answer.exception()  # retrieved, even if its waiter was cancelled
        self._idle.set()
        self.over.set()
