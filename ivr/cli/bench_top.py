"""`ivr bench top`: what the board costs while it shows many calls, in a real pseudo-terminal."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from ivr.errors import SettingsError

WARM_UP_SECONDS = 6.0
END_SECONDS = 10.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class TopFigures:
    """`cpu` is the part of one core, 0 to 1; `bytes` what was written to the terminal a second."""

    calls: int
    columns: int
    lines: int
    seconds: float
    cpu: float
    bytes: float
    memory_mib: float


def show_top(calls: int, size: str, seconds: float, as_json: bool, machine: str) -> None:
    """Measure and print."""
    columns, lines = _size(size)
    figures = measure_top(calls, columns, lines, seconds)
    if as_json:
        print(json.dumps({"machine": machine, **asdict(figures)}, indent=2))
        return
    console = Console(highlight=False)
    console.print(
        f"{calls} make-believe calls, two pictures a second, {columns}x{lines}, {seconds:.0f} s: "
        f"{100 * figures.cpu:.1f} % of one core, {figures.bytes / 1024:.1f} KiB a second to the "
        f"terminal, {figures.memory_mib:.0f} MiB",
        soft_wrap=True,
    )
    console.print(machine, style="dim")


def measure_top(calls: int, columns: int, lines: int, seconds: float) -> TopFigures:
    """Run `ivr top --demo` for a while; the CPU time is what the kernel counted for it.

    The make-believe calls themselves, and turning each picture into JSON and back, are counted too.
    """
    command = [sys.executable, "-m", "ivr", "top", "--demo", "--calls", str(calls)]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execv(sys.executable, command)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(pid, signal.SIGWINCH)
        _read_for(terminal, WARM_UP_SECONDS)
        before, began = _cpu_seconds(pid), time.monotonic()
        written = _read_for(terminal, seconds)
        passed = time.monotonic() - began
        cpu = (_cpu_seconds(pid) - before) / passed
        memory = _memory_mib(pid)
    finally:
        _end(pid, terminal)
    return TopFigures(calls, columns, lines, passed, cpu, written / passed, memory)


def _size(text: str) -> tuple[int, int]:
    columns, _, lines = text.partition("x")
    if not (columns.isdecimal() and lines.isdecimal() and 0 < int(columns) * int(lines) < 100_000):
        raise SettingsError(f"a size is COLUMNSxLINES like 160x50, not {text[:20]!r}")
    return int(columns), int(lines)


def _read_for(terminal: int, seconds: float) -> int:
    """Read as a terminal does; the bytes that came."""
    total, end = 0, time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([terminal], [], [], left)[0]:
            try:
                total += len(os.read(terminal, 65536))
            except OSError as error:
                raise SettingsError("the board ended at once: try `ivr top --demo`") from error
    return total


def _cpu_seconds(pid: int) -> float:
    """User and system time so far; fields 14 and 15 of proc(5)'s stat."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _end(pid: int, terminal: int) -> None:
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + END_SECONDS
    while time.monotonic() < end:
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                continue
    else:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(terminal)
