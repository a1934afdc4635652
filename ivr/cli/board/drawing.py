"""One picture of the board as an SVG file."""

import html
import re
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

from ivr.cli.board.app import BoardApp
from ivr.cli.board.feed import Feed

LOOK_SECONDS = 20.0
STEP_SECONDS = 0.1

_TEXT = re.compile(r'textLength="([0-9.]+)"([^>]*)>([^<]*)<')
_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw_board(feed: Feed, columns: int, lines: int, *, phone: str, theme: str) -> str:
    """The board in a terminal of that size, as soon as it has a picture; "" if it gets none."""
    app = BoardApp(feed, phone=phone, theme=theme)
    drawn: list[str] = []

    async def look(pilot: Pilot[Any]) -> None:
        for _ in range(int(LOOK_SECONDS / STEP_SECONDS)):
            await pilot.pause(STEP_SECONDS)
            if app.following.has_picture:
                await pilot.pause()
                drawn.append(app.export_screenshot(title="ivr top"))
                break
        app.exit()

    app.run(headless=True, size=(columns, lines), auto_pilot=look)
    return mended(drawn[0]) if drawn else ""


def mended(svg: str) -> str:
    """Rich gives every character one cell, and fonts from elsewhere: neither will do for CJK."""

    def stretched(found: re.Match[str]) -> str:
        text = html.unescape(found[3])
        width = float(found[1]) * cell_len(text) / max(1, len(text))
        return f'textLength="{width:.1f}"{found[2]}>{found[3]}<'

    svg = _TEXT.sub(stretched, _FONT.sub("", svg))
    return svg.replace("font-family: Fira Code, monospace", "font-family: monospace")
