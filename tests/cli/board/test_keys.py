"""Every key of the board, and what it does."""

from dataclasses import replace

import pytest
from rich.cells import cell_len
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from ivr.cli.board.app import BoardApp
from ivr.cli.board.call_screen import CallScreen
from ivr.cli.board.transcript import Transcript
from ivr.live.picture import Picture, Stage
from ivr.live.transcript import Line
from tests.cli.board.rig import CALLS, NOW, PICTURE, StillFeed, board, sees, settled, text_of

WAITING, LOANS, TALKING, CONNECTED, NEW = (row.call for row in CALLS)


async def chosen(app: BoardApp, pilot: Pilot[None]) -> str:
    await settled(pilot)
    return app._board.calls.key


async def test_moving_by_arrows_and_vi_keys() -> None:
    order = [WAITING, LOANS, CONNECTED, TALKING, NEW]
    async with board(StillFeed()) as (app, pilot):
        for key, place in (
            ("down", 1), ("j", 2), ("up", 1), ("k", 0), ("k", 0), ("G", 4), ("g", 0),
            ("end", 4), ("home", 0), ("pagedown", 4), ("pageup", 0),
        ):  # fmt: skip
            await pilot.press(key)
            assert await chosen(app, pilot) == order[place], key


async def test_the_cursor_stays_on_its_call_when_others_come_and_go() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("j")
        feed.show(replace(PICTURE, at=NOW + 1, calls=tuple(reversed(CALLS[1:]))))
        await sees(app, pilot, "CALLS 4")
        assert await chosen(app, pilot) == LOANS


async def test_a_chosen_call_that_ends_stays_until_the_cursor_moves() -> None:
    """Else the next order would hit whoever moved up in its place."""
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        feed.show(replace(PICTURE, at=NOW + 1, calls=CALLS[1:]))
        await sees(app, pilot, "ended")
        assert await chosen(app, pilot) == WAITING
        await pilot.press("l")
        await sees(app, pilot, "call 5f0c2d1e has ended")
        assert feed.orders == []
        await pilot.press("g", "j")
        feed.show(replace(PICTURE, at=NOW + 2, calls=CALLS[1:]))
        await settled(pilot)
        assert "5f0c2d1e  ended" not in text_of(app)


@pytest.mark.parametrize(
    ("key", "order", "words"),
    [
        ("l", "listen", "call 8c33d4e5 is now heard on chen's phone"),
        ("w", "whisper", "only the agent of call 8c33d4e5 hears chen's phone now"),
        ("b", "barge", "chen's phone is now in call 8c33d4e5; both hear it"),
        ("o", "takeover", "chen's phone now has call 8c33d4e5"),
    ],
)
async def test_orders_by_telephone(key: str, order: str, words: str) -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("j", "j", key)
        await sees(app, pilot, words)
        assert feed.orders == [(CONNECTED, order, {"phone": "chen"})]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("w", "nobody to whisper to in call 5f0c2d1e: take it over with o, listen with l"),
        ("b", "no agent to join in call 5f0c2d1e: take it over with o, listen with l"),
    ],
)
@pytest.mark.parametrize("phone", ["chen", ""])
async def test_without_an_agent_what_fits_is_offered(key: str, words: str, phone: str) -> None:
    """Before any telephone is asked for, or rung."""
    feed = StillFeed()
    async with board(feed, phone=phone) as (app, pilot):
        await pilot.press(key)
        text = await sees(app, pilot, words)
        assert feed.orders == [] and "Which telephone" not in text
        await pilot.press("j", "l")  # and the board goes on
        await sees(app, pilot, "Which telephone" if not phone else "is now heard")


async def test_the_telephone_is_asked_for_once() -> None:
    feed = StillFeed()
    async with board(feed, phone="") as (app, pilot):
        assert "phone: -" in text_of(app)
        await pilot.press("l")
        await sees(app, pilot, "Which telephone is yours?")
        await pilot.press("down", "enter")
        await sees(app, pilot, "is now heard on wang's phone")
        await pilot.press("j", "l")
        await sees(app, pilot, "call 61b70a00 is now heard")
        assert [words["phone"] for _, _, words in feed.orders] == ["wang", "wang"]
        await pilot.press("p")
        await sees(app, pilot, "Which telephone is yours?")
        await pilot.press("c", "h", "enter")
        await sees(app, pilot, "phone: chen")


async def test_no_telephone_no_order() -> None:
    feed = StillFeed()
    async with board(feed, phone="") as (app, pilot):
        await pilot.press("o")
        await sees(app, pilot, "Which telephone is yours?")
        await pilot.press("escape")
        await settled(pilot)
        assert feed.orders == [] and "Which telephone" not in text_of(app)


async def test_the_token_s_telephone_is_used() -> None:
    async with board(StillFeed(phone="chen"), phone="") as (app, _):
        assert "phone: chen" in text_of(app)


async def test_hanging_up_asks() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        for no in ("n", "escape", "enter", "q"):
            await pilot.press("h")
            await sees(app, pilot, "Hang up call 5f0c2d1e?")
            await pilot.press(no)
            await settled(pilot)
            assert "Hang up" not in text_of(app) and feed.orders == []
        await pilot.press("h")
        await sees(app, pilot, "Hang up call 5f0c2d1e?")
        await pilot.press("y")
        await sees(app, pilot, "call 5f0c2d1e was hung up")
        assert feed.orders == [(WAITING, "hangup", {})]


async def test_the_call_asked_about_is_the_one_hung_up() -> None:
    """Whatever happens to the rows while the question stands."""
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("j", "h")
        await sees(app, pilot, "Hang up call 61b70a00?")
        feed.show(replace(PICTURE, at=NOW + 1, calls=CALLS[2:]))
        await sees(app, pilot, "CALLS 3")
        await pilot.press("y")
        await sees(app, pilot, "call 61b70a00 was hung up")
        assert feed.orders == [(LOANS, "hangup", {})]


async def test_transfer_to_a_skill() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("t")
        text = await sees(app, pilot, "Transfer call")
        assert "general    0 free" in text and "1 free  mortgages, personal loans" in text
        await pilot.press("l", "o", "a", "enter")
        await sees(app, pilot, "call 5f0c2d1e now waits for loans")
        assert feed.orders == [(WAITING, "transfer", {"skill": "loans"})]


async def test_to_a_node() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("n")
        await sees(app, pilot, "to the node")
        await pilot.press(*["down"] * 4, "up", "enter")
        await sees(app, pilot, "call 5f0c2d1e is now at loans")
        await pilot.press("n")
        await sees(app, pilot, "to the node")
        await pilot.press(*"rating", "enter")  # not in the list: the server decides
        await sees(app, pilot, "call 5f0c2d1e is now at rating")
        assert [words["node"] for _, _, words in feed.orders] == ["loans", "rating"]


async def test_names_can_be_typed_where_the_server_offers_none() -> None:
    """An older server, or one that cannot be asked just now."""
    feed = StillFeed()
    feed.no_choices = True
    async with board(feed) as (app, pilot):
        await pilot.press("t")
        await sees(app, pilot, "Transfer call")
        await pilot.press(*"loans", "enter")
        await sees(app, pilot, "call 5f0c2d1e now waits for loans")
        await pilot.press("n")
        await sees(app, pilot, "to the node")
        await pilot.press(*"main", "enter")
        await sees(app, pilot, "call 5f0c2d1e is now at main")
        await pilot.press("p")
        await sees(app, pilot, "there is no such endpoint")


async def test_a_refused_order_is_one_line() -> None:
    feed = StillFeed()
    feed.refusal = "this token's role is not allowed to:\nviewer"
    async with board(feed) as (app, pilot):
        await pilot.press("l")
        await sees(app, pilot, "this token's role is not allowed to: viewer")


@pytest.mark.parametrize(
    "refusal",
    [
        "nobody who has 信用卡挂失 is logged in, or no queue asks for it; queues ask for " * 5,
        "no hotline runs here (/var/lib/hotline/of/the/bank/.run/api.sock):\r\n\tstart it with ivr",
        "nobody\x1b[2J\x07 is\u202e here\x00 now and this goes on for longer than a line: " * 2,
    ],
)
@pytest.mark.parametrize("width", [40, 80])
async def test_whatever_an_error_says_is_one_readable_line(refusal: str, width: int) -> None:
    feed = StillFeed()
    feed.refusal = refusal
    async with board(feed, (width, 24)) as (app, pilot):
        await pilot.press("l")
        text = await sees(app, pilot, " nobody" if refusal[:6] == "nobody" else " no hotline")
        lines = text.splitlines()
        assert len(lines) == 24 and all(cell_len(line) <= width for line in lines)
        assert all(line.isprintable() for line in lines)
        said = lines[22]
        assert said.startswith(" no") and said.endswith("…") and "  " not in said[1:]
        assert "q quit" in lines[23]


async def test_filter() -> None:
    async with board(StillFeed()) as (app, pilot):
        await pilot.press("slash", *"loan")
        await sees(app, pilot, "CALLS 1/5")
        assert app._board.query_one("#filter", Input).display
        await pilot.press("enter")
        await sees(app, pilot, "filter: loan   esc ends it")
        assert await chosen(app, pilot) == LOANS
        await pilot.press("escape")
        await sees(app, pilot, "CALLS 5")
        await pilot.press("slash", *"state:talking 分期", "enter")
        await sees(app, pilot, "CALLS 1/5")
        assert "77aa1b2c" in text_of(app)
        await pilot.press("slash", *" nobody", "enter")
        await sees(app, pilot, "no call matches the filter")
        await pilot.press("l")
        await sees(app, pilot, "choose a call first")


async def test_letters_go_into_the_filter_not_to_calls() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("slash", *"hlwbotnqs", "enter")
        await settled(pilot)
        assert feed.orders == [] and app.is_running
        assert "filter: hlwbotnqs" in text_of(app)


async def test_not_even_the_next_key_goes_to_a_call() -> None:
    """Typed ahead, or pasted: all of it is the filter's."""
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        for key, character in (("slash", "/"), ("h", "h"), ("y", "y"), ("l", "l")):
            app.post_message(events.Key(key, character))
        await settled(pilot)
        await sees(app, pilot, "CALLS 0/5")
        assert feed.orders == [] and "Hang up" not in text_of(app)
        assert app._board.query_one("#filter", Input).value == "hyl"


async def test_keys_ahead_of_a_dialog_are_no_orders() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        for key in ("t", "l", "w"):
            app.post_message(events.Key(key, key))
        await sees(app, pilot, "Transfer call 5f0c2d1e")
        await pilot.press("escape")
        await settled(pilot)
        assert feed.orders == []
        await pilot.press("l")
        await sees(app, pilot, "is now heard on chen's phone")


async def test_sorting_and_turning_round() -> None:
    async with board(StillFeed()) as (app, pilot):
        first = {}
        for _ in range(7):
            await settled(pilot)
            text = text_of(app)
            lines = text.splitlines()
            head = next(i for i, line in enumerate(lines) if "CALLS" in line)
            first[lines[-2].strip().split("  ")[0]] = lines[head + 1][2:10]
            await pilot.press("s")
        assert first == {
            "ordered by attention": "5f0c2d1e",
            "ordered by newest": "9d44e5f6",
            "ordered by time in state": "5f0c2d1e",
            "ordered by annoyed": "5f0c2d1e",
            "ordered by where": "9d44e5f6",
            "ordered by agent": "8c33d4e5",
        }
        await pilot.press("r")
        await sees(app, pilot, "turned round")


async def test_standing_still() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("space")
        await sees(app, pilot, "STANDS STILL")
        feed.show(replace(PICTURE, at=NOW + 12, calls=CALLS[:1]))
        await sees(app, pilot, "0:12 behind")
        assert "CALLS 5" in text_of(app)
        await pilot.press("space")
        await sees(app, pilot, "CALLS 1")


async def test_tab_goes_through_the_tables() -> None:
    async with board(StillFeed()) as (app, pilot):
        seen = []
        for _ in range(4):
            seen.append(app.focused.id if app.focused else "")
            await pilot.press("tab")
        assert seen == ["calls", "queues", "agents", "calls"]
        await pilot.press("shift+tab", "shift+tab")
        assert app.focused and app.focused.id == "agents"


async def test_enter_on_a_queue_filters_and_on_an_agent_opens_their_call() -> None:
    async with board(StillFeed()) as (app, pilot):
        await pilot.press("tab", "enter")
        await sees(app, pilot, "filter: queue:card_loss-zh")
        assert "CALLS 1/5" in text_of(app)
        await pilot.press("escape", "tab", "tab", "enter")
        await sees(app, pilot, "li has no call")
        await pilot.press("j", "enter")
        await sees(app, pilot, "call 8c33d4e5")
        assert isinstance(app.screen, CallScreen)


async def test_a_call_s_talk_follows_scrolls_and_takes_orders() -> None:
    feed = StillFeed()
    feed.said = [Line(float(n), "caller", f"第{n}句") for n in range(60)]
    async with board(feed) as (app, pilot):
        await pilot.press("enter")
        await sees(app, pilot, "第59句")
        await pilot.press("pageup")
        await sees(app, pilot, "scrolled up")
        app.screen.query_one(Transcript).add([Line(99.0, "caller", "新的一句")])
        await settled(pilot)
        assert "新的一句" not in text_of(app)
        await pilot.press("G")
        await sees(app, pilot, "新的一句")
        await pilot.press("g")
        await sees(app, pilot, "第0句")
        await pilot.press("o")
        await sees(app, pilot, "chen's phone now has call 5f0c2d1e")
        await pilot.press("escape")
        await settled(pilot)
        assert not isinstance(app.screen, CallScreen)
        assert feed.orders == [(WAITING, "takeover", {"phone": "chen"})]


async def test_an_opened_call_that_ends_says_so() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        await pilot.press("enter")
        await sees(app, pilot, "我的卡丢了")
        feed.show(replace(PICTURE, at=NOW + 1, calls=CALLS[1:]))
        await sees(app, pilot, "call 5f0c2d1e  ended")
        await pilot.press("h")
        await sees(app, pilot, "has ended")
        assert feed.orders == []


async def test_a_lost_server_is_said_and_found_again() -> None:
    feed = StillFeed()
    async with board(feed) as (app, pilot):
        feed.lose()
        text = await sees(app, pilot, "NO CONNECTION")
        assert "picture of" in text and "5f0c2d1e" in text
        feed.come_back(replace(PICTURE, at=NOW + 9, calls=CALLS[:2]))
        await sees(app, pilot, "CALLS 2")
        assert "NO CONNECTION" not in text_of(app)


async def test_before_the_first_picture() -> None:
    feed = StillFeed(None)
    app = BoardApp(feed, theme="dark", clock=lambda: 0.0)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(app, pilot, "connecting ...")
        await pilot.press("l", "h", "t", "n", "enter", "s", "r", "space", "tab", "tab", "enter")
        await settled(pilot)
        feed.show(Picture(NOW))
        await sees(app, pilot, "dial sip:1000@127.0.0.1:5060")


async def test_help_opens_and_closes() -> None:
    async with board(StillFeed()) as (app, pilot):
        for key in ("question_mark", "f1"):
            await pilot.press(key)
            await sees(app, pilot, "orders to the chosen call")
            await pilot.press("j", "k", "x")
            await settled(pilot)
            assert "orders to the chosen call" not in text_of(app)


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_leaving(key: str) -> None:
    app = BoardApp(StillFeed(), theme="dark")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(app, pilot, "q quit")
        await pilot.press(key)
        await pilot.pause()
    assert not app.is_running and app.return_code == 0


async def test_the_mouse_chooses_opens_and_sorts() -> None:
    async with board(StillFeed()) as (app, pilot):
        head = app._board.calls.region.y
        await pilot.click(offset=(6, head + 2))
        assert await chosen(app, pilot) == LOANS
        await pilot.click(offset=(66, head))
        await sees(app, pilot, "ordered by annoyed")
        await pilot.click(offset=(66, head))
        await sees(app, pilot, "turned round")
        await pilot.click(offset=(6, head + 3), times=2)
        await settled(pilot)
        assert isinstance(app.screen, CallScreen)


async def test_stages_have_words_of_their_own() -> None:
    async with board(StillFeed()) as (app, _):
        text = text_of(app)
        assert all(stage.value in text for stage in Stage)
