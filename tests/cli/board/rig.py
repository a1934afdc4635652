"""A feed that shows what a test says, the board over it, and the text of its screen."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from ivr.cli.board.app import BoardApp
from ivr.errors import PeerError
from ivr.live.choices import (
    AGENT,
    SUPERVISOR,
    Choices,
    FlowChoice,
    NodeChoice,
    PhoneChoice,
    SkillChoice,
)
from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Severity, Stage
from ivr.live.transcript import Line, Tone

SCREENS = Path(__file__).parent / "screens"
UPDATE = "IVR_UPDATE_SCREENS"
"""Set this variable to write the screens anew; then look at what git shows."""

NOW = 1_774_000_000.0
PATIENCE = 10.0

CALLS = (
    CallRow(
        "5f0c2d1e-0000-4000-8000-000000000001", NOW - 301, Stage.WAITING, NOW - 95, "••••4417",
        "95588", "bank", "card_loss_agent", "zh", "card_loss", "card_loss-zh", 1, NOW - 95,
        annoyance=0.71, annoyed=True, nomatches=2, turns=6,
    ),
    CallRow(
        "61b70a00-0000-4000-8000-000000000002", NOW - 60, Stage.WAITING, NOW - 31, "••••0096",
        "95588", "bank", "loans_agent", "zh", "loans", "loans-zh", 1, NOW - 31,
        annoyance=0.12, turns=3,
    ),
    CallRow(
        "77aa1b2c-0000-4000-8000-000000000003", NOW - 40, Stage.TALKING, NOW - 7, "••••8812",
        "95588", "bank", "信用卡分期付款办理前的身份确认", "zh", "分期付款",
        annoyance=0.2, turns=2,
    ),
    CallRow(
        "8c33d4e5-0000-4000-8000-000000000004", NOW - 700, Stage.CONNECTED, NOW - 65, "••••3301",
        "95588", "bank", "operator", "en", "balance", "fallback", 0, NOW - 90, "wang",
        annoyance=0.33, turns=4,
    ),
    CallRow("9d44e5f6-0000-4000-8000-000000000005", NOW - 2, Stage.TALKING, NOW - 2, flow="bank"),
)  # fmt: skip
PICTURE = Picture(
    NOW, True, CALLS,
    (
        QueueRow("card_loss-zh", 1, NOW - 95, 0, 1, 1, 20, 12, 4, 18.0),
        QueueRow("loans-zh", 1, NOW - 31, 1, 0, 0, 9, 9, 0, 4.0),
        QueueRow("fallback", 0, 0.0, 1, 1, 1),
    ),
    (
        AgentRow(
            "wang", "王静", "specialist", "busy", "", NOW - 65, CALLS[3].call,
            ("card_loss", "general", "language.zh"), 12,
        ),
        AgentRow("li", "李强", "general", "ready", "", NOW - 400, "", ("loans", "language.zh"), 9),
        AgentRow("zhao", "赵敏", "general", "paused", "午餐", NOW - 900, "", ("general",), 7),
    ),
    (
        AlarmRow(
            "longest", "card_loss-zh", "card_loss-zh: the longest wait is over 60 s", NOW - 35,
            Severity.CRITICAL,
        ),
        AlarmRow("nomatch", "main", "main: twice as many nomatches as usual", NOW - 300),
    ),
)  # fmt: skip
SAID = (
    Line(0.0, "call", "5f0c2d1e to 95588"),
    Line(0.2, "node", "main"),
    Line(0.3, "bot", "您好, 欢迎致电。请说出您要办理的业务, 例如挂失、余额, 也可以说人工服务。"),
    Line(6.1, "caller", "我的卡丢了", "confidence 0.93"),
    Line(6.2, "why", "card_loss by sound, 0.97", tone=Tone.QUIET),
    Line(9.0, "caller", "尾号••••", "confidence 0.71"),
    Line(12.0, "queue", "no agent for card_loss:3", tone=Tone.BAD),
)  # fmt: skip


CHOICES = Choices(
    "v1",
    (
        FlowChoice("callback", (NodeChoice("number", "collect"), NodeChoice("sure", "confirm"))),
        FlowChoice(
            "bank",
            (
                NodeChoice("card_loss", "collect"), NodeChoice("loans", "menu"),
                NodeChoice("main", "menu"), NodeChoice("bank.sure", "confirm"),
            ),
        ),
    ),
    (
        SkillChoice("card_loss", "lost or stolen cards, and cards used by somebody else"),
        SkillChoice("loans", "mortgages, personal loans"),
        SkillChoice("general", ""),
    ),
    (PhoneChoice("chen", "陈主管", SUPERVISOR), PhoneChoice("wang", "王静", AGENT)),
    ("card_loss-zh", "loans-zh", "fallback"),
)  # fmt: skip


class StillFeed:
    """Shows `picture` until told otherwise; notes every order; can be lost and found again."""

    def __init__(self, picture: Picture | None = PICTURE, phone: str = "") -> None:
        self.phone = phone
        self.where = "a test"
        self.dial = "sip:1000@127.0.0.1:5060"
        self.orders: list[tuple[str, str, dict[str, str]]] = []
        self.refusal = ""
        self.no_choices = False
        self.said: list[Line] = list(SAID)
        self._pictures: asyncio.Queue[Picture | None] = asyncio.Queue()
        self._there = asyncio.Event()
        self._there.set()
        if picture is not None:
            self.show(picture)

    def show(self, picture: Picture) -> None:
        self._pictures.put_nowait(picture)

    def lose(self) -> None:
        self._there.clear()
        self._pictures.put_nowait(None)

    def come_back(self, picture: Picture) -> None:
        self._there.set()
        self.show(picture)

    async def pictures(self) -> AsyncIterator[Picture]:
        if not self._there.is_set():
            raise PeerError("no hotline runs here")
        while (picture := await self._pictures.get()) is not None:
            yield picture
        raise PeerError("the stream broke off")

    async def transcript(self, call: str) -> AsyncIterator[Line]:
        for line in self.said:
            yield line
        await asyncio.Event().wait()

    async def order(self, call: str, order: str, words: Mapping[str, str]) -> None:
        if self.refusal:
            raise PeerError(self.refusal)
        self.orders.append((call, order, dict(words)))

    async def choices(self, call: str = "") -> Choices:
        if self.no_choices:
            raise PeerError("there is no such endpoint: / lists them")
        return CHOICES


def text_of(app: BoardApp) -> str:
    """The screen as a person reads it."""
    lines = app.screen._compositor.render_strips()
    dialog = "\n".join(strip.text.rstrip() for strip in lines)
    return dialog + "\n"


@asynccontextmanager
async def board(
    feed: StillFeed, size: tuple[int, int] = (80, 24), phone: str = "chen", theme: str = "dark"
) -> AsyncIterator[tuple[BoardApp, Pilot[None]]]:
    """The board over a feed, after it has drawn its first picture; its clock stands."""
    app = BoardApp(feed, phone=phone, theme=theme, clock=lambda: 0.0)
    async with app.run_test(size=size) as pilot:
        await sees(app, pilot, "q quit")
        async with asyncio.timeout(PATIENCE):
            while not app.following.has_picture:
                await pilot.pause(0.02)
        await settled(pilot)
        yield app, pilot


async def settled(pilot: Pilot[None]) -> None:
    """Wait until what was pressed has been obeyed and drawn."""
    for _ in range(3):
        await pilot.pause()


async def sees(app: BoardApp, pilot: Pilot[None], words: str) -> str:
    """Wait until the screen says something; gives its text."""
    async with asyncio.timeout(PATIENCE):
        while words not in (text := text_of(app)):
            await pilot.pause(0.02)
    return text


def check_screen(name: str, text: str) -> None:
    """Compare with the kept screen of this name."""
    kept = SCREENS / f"{name}.txt"
    if os.environ.get(UPDATE):
        kept.write_text(text, encoding="utf-8")
    assert kept.is_file(), f"no such screen: make it with {UPDATE}=1"
    assert text == kept.read_text(encoding="utf-8"), f"looks different: see {UPDATE}"
