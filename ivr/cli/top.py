"""`ivr top`: the supervisor's live board in the terminal."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from ivr.cli.options import SettingsFile
from ivr.cli.remote import Token, Url
from ivr.errors import SettingsError
from ivr.server.settings import load_settings

PICTURE_SIZE = (160, 44)


def top(
    phone: Annotated[
        str, typer.Option(help="Whose telephone listens: a name of the agents file.")
    ] = "",
    theme: Annotated[str, typer.Option(help="auto, dark or light.")] = "auto",
    demo: Annotated[bool, typer.Option("--demo", help="Show make-believe calls.")] = False,
    svg: Annotated[
        Path | None, typer.Option(help="With --demo: write one picture, 160x44, to this file.")
    ] = None,
    calls: Annotated[int, typer.Option(min=0, max=2000, help="How many, with --demo.")] = 20,
    settings_file: SettingsFile = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Watch and steer what goes on: calls, queues, agents, alarms. `?` shows all keys."""
    if theme not in ("auto", "dark", "light"):
        raise SettingsError(f"--theme is auto, dark or light, not {theme[:20]!r}")
    if demo and svg:
        _draw_demo(phone, theme, calls, svg)
        return
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise SettingsError("the board needs a terminal; for programs there is `ivr calls ls`")
    if demo:
        _show_demo(phone, theme, calls)
    else:
        asyncio.run(_show(phone, theme, settings_file, url, token))


def _show_demo(phone: str, theme: str, calls: int) -> None:
    from ivr.cli.board.app import BoardApp
    from ivr.cli.board.demo_feed import DemoFeed
    from ivr.cli.board.demo_hotline import DemoHotline

    BoardApp(DemoFeed(DemoHotline(calls), phone), theme=theme).run()


def _draw_demo(phone: str, theme: str, calls: int, file: Path) -> None:
    from ivr.cli.board.demo_feed import DemoFeed
    from ivr.cli.board.demo_hotline import DemoHotline
    from ivr.cli.board.drawing import draw_board

    feed = DemoFeed(DemoHotline(calls), phone)
    drawn = draw_board(feed, *PICTURE_SIZE, phone=phone, theme="dark" if theme == "auto" else theme)
    try:
        file.write_text(drawn, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror}") from error


async def _show(
    phone: str, theme: str, settings_file: SettingsFile, url: Url, token: Token
) -> None:
    from ivr.server.api.client import api_of

    settings = load_settings(settings_file)
    async with api_of(settings, url, token) as api:
        who = await api.get("/v1/whoami")  # a wrong address or token is told before the board opens
        from ivr.cli.board.api_feed import ApiFeed
        from ivr.cli.board.app import BoardApp

        feed = ApiFeed(api, None if url else settings, phone or str(who.get("phone", "")))
        await BoardApp(feed, theme=theme).run_async()
