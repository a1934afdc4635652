"""What the board looks like, at both sizes, compared with kept screens."""

from dataclasses import replace

import pytest

from ivr.cli.board.demo_feed import DemoFeed
from ivr.cli.board.demo_hotline import DemoHotline
from ivr.live.picture import Picture
from tests.cli.board.rig import (
    CALLS,
    NOW,
    PICTURE,
    StillFeed,
    board,
    check_screen,
    sees,
    settled,
    text_of,
)

SIZES = ((80, 24), (160, 50))


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock in the corner shows the machine's time zone."""
    monkeypatch.setattr("time.localtime", __import__("time").gmtime)


def named(name: str, size: tuple[int, int]) -> str:
    return f"{name}-{size[0]}x{size[1]}"


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_board(size: tuple[int, int]) -> None:
    async with board(StillFeed(), size) as (app, _):
        check_screen(named("board", size), text_of(app))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_quiet_hour(size: tuple[int, int]) -> None:
    quiet = replace(PICTURE, calls=(), alarms=(), queues=(), agents=())
    async with board(StillFeed(quiet), size) as (app, _):
        check_screen(named("empty", size), text_of(app))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_without_a_server(size: tuple[int, int]) -> None:
    feed = StillFeed()
    async with board(feed, size) as (app, pilot):
        feed.lose()
        await sees(app, pilot, "NO CONNECTION")
        check_screen(named("lost", size), text_of(app))


async def test_without_asterisk() -> None:
    async with board(StillFeed(replace(PICTURE, linked=False)), (160, 50)) as (app, _):
        assert "Asterisk out of reach" in text_of(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_one_call(size: tuple[int, int]) -> None:
    async with board(StillFeed(), size) as (app, pilot):
        await pilot.press("enter")
        await sees(app, pilot, "no agent for card_loss")
        await settled(pilot)
        check_screen(named("call", size), text_of(app))


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("key", "name", "words"),
    [
        ("question_mark", "help", "dark or light"),
        ("h", "hang-up", "y  yes"),
        ("t", "transfer", "loans"),
        ("n", "node", "card_loss"),
    ],
)
async def test_dialogs(size: tuple[int, int], key: str, name: str, words: str) -> None:
    async with board(StillFeed(), size) as (app, pilot):
        await pilot.press(key)
        await sees(app, pilot, words)
        await settled(pilot)
        check_screen(named(name, size), text_of(app))


async def test_many_calls() -> None:
    hotline = DemoHotline(60, now=NOW)
    async with board(StillFeed(hotline.picture())) as (app, pilot):
        await pilot.press("G")
        await settled(pilot)
        check_screen("many-80x24", text_of(app))


async def test_the_make_believe_hotline_lives() -> None:
    from ivr.cli.board.app import BoardApp

    app = BoardApp(DemoFeed(DemoHotline(3), "chen"), theme="dark")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(app, pilot, "calls")  # type: ignore[arg-type]
        hotline = app.feed.hotline  # type: ignore[attr-defined]
        before = hotline.now
        while hotline.now < before + 1.0:
            await pilot.pause(0.05)
        assert "QUEUES" in text_of(app)


async def test_nothing_but_text_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR the marks and the words say it all, and the chosen row is still seen."""
    monkeypatch.setenv("NO_COLOR", "1")
    async with board(StillFeed()) as (app, pilot):
        text = text_of(app)
        assert "1:35 !!" in text and "0.71 !" in text and "› 5f0c2d1e" in text
        for strip in app.screen._compositor.render_strips():
            for segment in strip:
                style = segment.style
                assert style is None or not _coloured(style), (segment.text, str(style))
        await pilot.press("T", "enter")
        await sees(app, pilot, "annoyed")


def _coloured(style: object) -> bool:
    colours = (style.color, style.bgcolor)  # type: ignore[attr-defined]
    return any(colour is not None and not colour.is_default for colour in colours)


async def test_light_and_dark() -> None:
    async with board(StillFeed(), theme="light") as (app, pilot):
        assert app.theme == "calm-light"
        before = _background(app)
        await pilot.press("T")
        await settled(pilot)
        assert app.theme == "calm-dark" and _background(app) != before


def _background(app: object) -> str:
    strips = app.screen._compositor.render_strips()  # type: ignore[attr-defined]
    return str(next(segment.style for segment in strips[8] if segment.style).bgcolor)


async def test_every_size_gets_its_columns() -> None:
    """Resizing keeps the chosen call, and what cannot be missed stays."""
    async with board(StillFeed()) as (app, pilot):
        await pilot.press("j")
        for width, height in ((40, 10), (60, 16), (100, 30), (200, 60), (80, 24)):
            await pilot.resize_terminal(width, height)
            await settled(pilot)
            text = text_of(app)
            assert "› 61b70a00" in text and "waiting" in text, (width, height)
            assert all(len(line) <= width for line in text.splitlines())
        assert Picture(0.0).calls == () and len(CALLS) == 5
