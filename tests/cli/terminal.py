"""Terminal: a program in a real terminal of tmux, its keys and what its screen says."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

PATIENCE = 30.0


def has_tmux() -> bool:
    return shutil.which("tmux") is not None


class Terminal:
    """One tmux server of our own with one window."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    async def tmux(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "tmux", "-S", str(self._socket), "-f", "/dev/null", *words,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        said, complaint = await process.communicate()
        assert process.returncode == 0, complaint.decode()
        return said.decode()

    async def press(self, *keys: str) -> None:
        """Press keys, named as tmux names them."""
        await self.tmux("send-keys", *keys)

    async def screen(self) -> str:
        """The text on the screen."""
        return await self.tmux("capture-pane", "-p")

    async def resize(self, columns: int, lines: int) -> None:
        await self.tmux("resize-window", "-x", str(columns), "-y", str(lines))

    async def sees(self, *words: str, timeout: float = PATIENCE) -> str:
        """Wait until the screen holds all these words at once; gives its text."""
        text = ""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    text = await self.screen()
                    if all(word in text for word in words):
                        return text
                    await asyncio.sleep(0.1)
        except TimeoutError:
            missing = [word for word in words if word not in text]
            raise AssertionError(f"not on the screen: {missing}\n{text}") from None


@asynccontextmanager
async def terminal(
    words: list[str], columns: int, lines: int, environment: Mapping[str, str]
) -> AsyncIterator[Terminal]:
    """`python -m ivr WORDS` in a terminal of this size, for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        here = Terminal(Path(folder) / "tmux")
        told = [f"{name}={value}" for name, value in environment.items()]
        await here.tmux(
            "new-session", "-d", "-x", str(columns), "-y", str(lines),
            "env", *told, sys.executable, "-m", "ivr", *words,
        )  # fmt: skip
        try:
            yield here
        finally:
            process = await asyncio.create_subprocess_exec(
                "tmux", "-S", str(Path(folder) / "tmux"), "kill-server",
                stderr=subprocess.DEVNULL,
            )  # fmt: skip
            await process.wait()
