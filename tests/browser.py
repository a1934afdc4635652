"""A real headless Chromium, driven by its DevTools protocol: opens a page, clicks, types, reads."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_SECONDS = 60.0
WAIT_SECONDS = 30.0
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--window-size=1400,900", "--remote-debugging-port=0",
)  # fmt: skip


def find_chromium() -> str | None:
    """The browser to use: $IVR_CHROMIUM, else the first of the usual names in PATH."""
    named = os.environ.get("IVR_CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One tab. `errors` collects uncaught exceptions; `requests` every address asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.errors: list[str] = []
        self.requests: list[str] = []

    async def listen(self) -> None:
        async for message in self._socket:
            said = json.loads(message.data)
            if said.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(said["params"]["exceptionDetails"]))
            elif said.get("method") == "Network.requestWillBeSent":
                self.requests.append(said["params"]["request"]["url"])
            elif (answer := self._answers.pop(said.get("id"), None)) and not answer.done():
                answer.set_result(said)

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._number] = answer
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        said = await asyncio.wait_for(answer, WAIT_SECONDS)
        assert "error" not in said, said
        result: dict[str, Any] = said["result"]
        return result

    async def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        said = await self.ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    async def until(self, script: str) -> Any:
        """Wait until an expression is true."""
        async with asyncio.timeout(WAIT_SECONDS):
            while not (value := await self.run(script)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return value

    async def open(self, path: Path, fragment: str = "") -> None:
        """Load a file, given by its absolute path."""
        address = path.as_uri() + (f"#{fragment}" if fragment else "")
        await self.ask("Page.navigate", url=address)
        await self.until(
            f"document.readyState === 'complete' && location.href.startsWith({path.as_uri()!r})"
        )

    async def click(self, selector: str) -> None:
        """A real press and release of the mouse in the middle of an element."""
        x, y = await self.until(
            f"(() => {{ const e = document.querySelector({selector!r}); if (!e) return null;"
            " if (e.closest('aside')) e.scrollIntoView({block: 'center'});"
            " const b = e.getBoundingClientRect();"
            " return b.width && [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )

    async def wheel(self, x: float, y: float, by: float) -> None:
        await self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=by)

    async def drag(self, x: float, y: float, dx: float, dy: float) -> None:
        steps = (
            ("mousePressed", x, y),
            ("mouseMoved", x + dx, y + dy),
            ("mouseReleased", x + dx, y + dy),
        )
        for kind, at_x, at_y in steps:
            await self.ask(
                "Input.dispatchMouseEvent", type=kind, x=at_x, y=at_y, button="left",
                buttons=1, clickCount=1,
            )  # fmt: skip

    async def type(self, text: str) -> None:
        await self.ask("Input.insertText", text=text)

    async def press(self, key: str) -> None:
        codes = {"Enter": 13, "Escape": 27}
        for kind in ("keyDown", "keyUp"):
            await self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key,
                windowsVirtualKeyCode=codes.get(key, 0),
            )  # fmt: skip


@asynccontextmanager
async def browser(program: str) -> AsyncIterator[Page]:
    """Start Chromium with a profile of its own, and end it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            program, *FLAGS, f"--user-data-dir={profile}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            port = await _port(Path(profile) / "DevToolsActivePort", process)
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    tabs = await answer.json()
                address = next(t["webSocketDebuggerUrl"] for t in tabs if t["type"] == "page")
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    page = Page(socket)
                    listening = asyncio.ensure_future(page.listen())
                    for domain in ("Page", "Runtime", "Network"):
                        await page.ask(f"{domain}.enable")
                    yield page
                    listening.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), 10)
                except TimeoutError:
                    process.kill()
                    await process.wait()


async def _port(file: Path, process: asyncio.subprocess.Process) -> int:
    """The port Chromium chose and wrote down."""
    async with asyncio.timeout(START_SECONDS):
        while True:
            text = await asyncio.to_thread(_text_of, file)
            if text.strip():
                return int(text.splitlines()[0])
            assert process.returncode is None, "Chromium ended at once"
            await asyncio.sleep(0.05)


def _text_of(file: Path) -> str:
    return file.read_text() if file.is_file() else ""
