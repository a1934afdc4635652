"""`ivr bench top`: what the board costs while it shows many calls, in a real pseudo-terminal."""

import asyncio
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from ivr.cli.bench.control import generated_api
from ivr.cli.bench.live import STEP
from ivr.errors import SettingsError

AGENTS = 60
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


def show_top(
    calls: int, size: str, seconds: float, by_socket: bool, as_json: bool, machine: str
) -> None:
    """Measure and print."""
    columns, lines = _size(size)
    if by_socket:
        figures = asyncio.run(_measure_by_socket(calls, columns, lines, seconds))
    else:
        figures = measure_top(["--demo", "--calls", str(calls)], {}, calls, columns, lines, seconds)
    if as_json:
        print(json.dumps({"machine": machine, **asdict(figures)}, indent=2))
        return
    what = "calls of another process, by its socket" if by_socket else "make-believe calls"
    console = Console(highlight=False)
    console.print(
        f"{calls} {what}, two pictures a second, {columns}x{lines}, {figures.seconds:.0f} s: "
        f"{100 * figures.cpu:.1f} % of one core, {figures.bytes / 1024:.1f} KiB a second to the "
        f"terminal, {figures.memory_mib:.0f} MiB",
        soft_wrap=True,
    )
    console.print(machine, style="dim")


async def _measure_by_socket(calls: int, columns: int, lines: int, seconds: float) -> TopFigures:
    """As `measure_top`, of a board that follows a control API in this process by its Unix socket.

    The API tells of generated calls that never stand still, as it would of real ones.

    Raises:
        SettingsError: if the board did not follow it.
    """
    async with generated_api(calls, AGENTS) as api:
        told = {"IVR_PATHS_RUNS": str(api.runs), "IVR_URL": "", "IVR_TOKEN": ""}
        measured = asyncio.get_running_loop().run_in_executor(
            None, measure_top, ("--phone", "a0"), told, calls, columns, lines, seconds
        )
        due, ticks, followed = time.monotonic(), 0, 0
        while not measured.done():
            due += STEP
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            api.tell(api.hotline.step())
            ticks, followed = ticks + 1, followed + api.control.hub.count
        figures = await measured
    if followed < ticks * seconds / (seconds + WARM_UP_SECONDS + END_SECONDS):
        raise SettingsError("the board did not follow the calls: try `ivr top --demo`")
    return figures


def measure_top(
    words: Sequence[str],
    environment: Mapping[str, str],
    calls: int,
    columns: int,
    lines: int,
    seconds: float,
) -> TopFigures:
    """Run `ivr top WORDS` for a while; the CPU time is what the kernel counted for its process.

    With `--demo` the make-believe calls, and turning each picture into JSON and back, are in it.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    told = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "top", *words],
        stdin=theirs, stdout=theirs, stderr=theirs, env=told, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        _read_for(ours, WARM_UP_SECONDS)
        before, began = _cpu_seconds(process.pid), time.monotonic()
        written = _read_for(ours, seconds)
        passed = time.monotonic() - began
        cpu = (_cpu_seconds(process.pid) - before) / passed
        memory = _memory_mib(process.pid)
    finally:
        _end(process, ours)
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


def _end(process: subprocess.Popen[bytes], terminal: int) -> None:
    """End it, reading what it still writes, so that it need not wait for us."""
    process.terminate()
    end = time.monotonic() + END_SECONDS
    while process.poll() is None and time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                time.sleep(0.05)  # it has let go of the terminal and is about to end
    if process.poll() is None:
        process.kill()
    process.wait()
    os.close(terminal)
