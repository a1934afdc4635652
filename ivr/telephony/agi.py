"""AGI lines to values and commands to lines; sans-I/O, so any chunking of the stream will do.

Source: Asterisk's Asterisk Gateway Interface (`res_agi`). Asterisk sends `agi_name: value` lines
and an empty one; then each command of ours is one line, answered by `200 result=...`, `510`, `511`
or a block between `520-` and `520`. A line `HANGUP` may stand between any two lines.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from ivr.errors import AgiError

MAX_LINE = 4096
"""Bytes of one line we accept."""
MAX_ENVIRONMENT = 128
"""Lines of the environment we accept; Asterisk 22 sends about 25."""
MAX_USAGE = 200
"""Lines of a `520` block we accept."""
MAX_COMMAND = 2047
"""Bytes of one command, its newline included: Asterisk reads into a buffer of 2048."""

_ENVIRONMENT = re.compile(r"(agi_[a-z0-9_]{1,64}):(?: (.*))?", re.DOTALL)
_RESPONSE = re.compile(r"(\d{3})(?:([ -])(.*))?", re.DOTALL)
_RESULT = re.compile(r"result=(\S*)(?: \((.*)\))?(?: endpos=\d+)?\s*", re.DOTALL)
_FORBIDDEN = re.compile(r"[\r\n\0]")


@dataclass(frozen=True, slots=True)
class Environment:
    """What Asterisk tells of the call first, by names without `agi_`. Holds the caller's number."""

    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """A value; empty where Asterisk says nothing or "unknown"."""
        value = self.values.get(name, "")
        return "" if value == "unknown" else value


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to one command.

    `code` is 200, 510 (no such command), 511 (not on a dead channel) or 520 (bad arguments).
    `result` is the word after `result=` and `data` what stood in parentheses behind it; with any
    code but 200, `data` is Asterisk's explanation.
    """

    code: int
    result: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The channel is no longer ours: the caller hung up, or somebody redirected the call."""


AgiEvent = Environment | Response | HungUp


class State(Enum):
    """Where the conversation with Asterisk stands."""

    ENVIRONMENT = auto()
    IDLE = auto()
    WAITING = auto()  # for the answer to a command
    USAGE = auto()  # inside a 520 block
    BROKEN = auto()


def encode(command: str, *arguments: str) -> bytes:
    """A command line. `command` is sent as it stands, each argument is quoted.

    Raises:
        AgiError: if a part holds CR, LF or NUL, or the line is too long.
    """
    parts = [command]
    for argument in arguments:
        escaped = argument.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f'"{escaped}"')
    line = " ".join(parts)
    if _FORBIDDEN.search(line):
        raise AgiError(f"AGI command {command.split()[0]}: CR, LF and NUL cannot be sent")
    data = line.encode("utf-8", "replace") + b"\n"
    if len(data) > MAX_COMMAND:
        raise AgiError(
            f"AGI command {command.split()[0]} takes {len(data)} bytes, more than {MAX_COMMAND}: "
            "shorten its values"
        )
    return data


def parse_response(text: str) -> Response:
    """One response line, without its newline.

    Raises:
        AgiError: if it is no AGI response.
    """
    match = _RESPONSE.fullmatch(text)
    if match is None:
        raise AgiError(f"not an AGI response: a line of {len(text)} characters")
    code, rest = int(match[1]), match[3] or ""
    if code != 200:
        return Response(code, data=rest.strip())
    result = _RESULT.fullmatch(rest)
    if result is None:
        raise AgiError("an AGI response 200 without result=")
    return Response(200, result[1], result[2] or "")


class AgiConnection:
    """Our end of one AGI session: what may be sent, and what came.

    AGI is synchronous: one command at a time, so `send` refuses a second one before the first is
    answered. Not thread-safe, and it does no I/O.
    """

    def __init__(self) -> None:
        self.state = State.ENVIRONMENT
        self.hung_up = False
        self._buffer = bytearray()
        self._lines = 0
        self._environment: dict[str, str] = {}
        self._usage: list[str] = []

    def send(self, command: str, *arguments: str) -> bytes:
        """The bytes of a command, which then waits for its answer.

        Raises:
            AgiError: as `encode` does, or if no command can be sent now.
        """
        if self.state is not State.IDLE:
            raise AgiError(f"no AGI command can be sent while the session is {self.state.name}")
        data = encode(command, *arguments)
        self.state = State.WAITING
        return data

    def receive(self, data: bytes) -> Iterator[AgiEvent]:
        """What `data` completes, in order.

        Raises:
            AgiError: for a line the protocol does not allow; nothing is taken after that.
        """
        if self.state is State.BROKEN:
            raise AgiError("this AGI session broke the protocol before: close it")
        for piece in data.splitlines(keepends=True) if data else ():
            # splitlines also parts at a lone CR; what matters is the LF alone.
            self._buffer += piece
            if not piece.endswith(b"\n"):
                if len(self._buffer) > MAX_LINE:
                    raise self._fault(f"a line longer than {MAX_LINE} bytes")
                continue
            line = bytes(self._buffer)
            self._buffer.clear()
            if len(line) > MAX_LINE:
                raise self._fault(f"a line longer than {MAX_LINE} bytes")
            event = self._line(line)
            if event is not None:
                yield event

    def receive_eof(self) -> None:
        """Say that the stream ended.

        Raises:
            AgiError: if it ended inside the environment, a line or a 520 block.
        """
        if self.state in (State.ENVIRONMENT, State.USAGE) or self._buffer:
            raise self._fault(f"the connection closed while {self.state.name}")

    def _line(self, raw: bytes) -> AgiEvent | None:
        self._lines += 1
        if b"\0" in raw:
            raise self._fault("a NUL byte")
        text = raw.decode("utf-8", "replace").rstrip("\r\n")
        if text == "HANGUP":
            if self.hung_up:
                return None
            self.hung_up = True
            return HungUp()
        match self.state:
            case State.ENVIRONMENT:
                return self._environment_line(text)
            case State.WAITING:
                return self._response_line(text)
            case State.USAGE:
                return self._usage_line(text)
            case _:
                raise self._fault("a response to no command")

    def _environment_line(self, text: str) -> Environment | None:
        if not text:
            if "network" not in self._environment:
                raise self._fault("the environment lacks agi_network: no FastAGI peer")
            self.state = State.IDLE
            return Environment(MappingProxyType(self._environment))
        if len(self._environment) >= MAX_ENVIRONMENT:
            raise self._fault(f"more than {MAX_ENVIRONMENT} environment lines")
        match = _ENVIRONMENT.fullmatch(text)
        if match is None:
            raise self._fault("an environment line that is not 'agi_name: value'")
        name = match[1].removeprefix("agi_")
        if name in self._environment:
            raise self._fault(f"agi_{name} twice in the environment")
        self._environment[name] = match[2] or ""
        return None

    def _response_line(self, text: str) -> Response | None:
        if text.startswith("1") and len(text) >= 3 and text[:3].isdigit():
            return None  # provisional ("100 Trying"): the answer is still to come
        if text.startswith("520-"):
            self.state = State.USAGE
            self._usage = [text[4:].strip()]
            return None
        try:
            response = parse_response(text)
        except AgiError as error:
            raise self._fault(str(error)) from None
        self.state = State.IDLE
        return response

    def _usage_line(self, text: str) -> Response | None:
        if not text.startswith("520 "):
            if len(self._usage) >= MAX_USAGE:
                raise self._fault(f"a 520 block of more than {MAX_USAGE} lines")
            self._usage.append(text.strip())
            return None
        self.state = State.IDLE
        return Response(520, data="\n".join(self._usage))

    def _fault(self, what: str) -> AgiError:
        self.state = State.BROKEN
        self._buffer.clear()
        return AgiError(f"AGI peer, line {self._lines + 1}: {what}")
