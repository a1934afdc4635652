"""A control API over a generated hotline: what measurements of its clients stand on."""

import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ivr.cli.bench.live import Hotline
from ivr.live.board import Board
from ivr.live.choices import Choices
from ivr.live.tally import Tally
from ivr.ports import SwitchEvent

if TYPE_CHECKING:  # loads the web server
    from ivr.server.api.house_api import Control


class GeneratedApi:
    """`control` answers by the Unix socket in `runs`; `tell` lets something happen."""

    def __init__(self, hotline: Hotline, board: Board, control: "Control", runs: Path) -> None:
        self.hotline = hotline
        self.control = control
        self.runs = runs
        self._board = board
        self._tally = Tally()

    def tell(self, told: list[Any]) -> None:
        """Fold records and events as the house does, and pass the records on to streams."""
        self.hotline.tell(self._board, self._tally, told)
        for one in told:
            if not isinstance(one, SwitchEvent):
                self.control.hub.take_record(one)


@asynccontextmanager
async def generated_api(calls: int, agents: int) -> AsyncIterator[GeneratedApi]:
    """The API of a hotline with so many calls, which change when it is told to; obeys nobody."""
    from ivr.server.api.house_api import Control
    from ivr.server.api.opening import open_doors
    from ivr.server.api.readiness import Readiness
    from ivr.server.control.orders import UnknownOrder
    from ivr.server.settings import ApiSettings
    from ivr.store.database import default_url, open_database

    class Nobody:
        async def obey(self, name: str, words: Mapping[str, str]) -> Any:
            raise UnknownOrder(name)

    hotline = Hotline(calls, agents)
    board = Board(hotline.crew)
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        runs = Path(folder)
        engine = open_database(default_url(runs))
        try:
            async with open_doors(runs, ApiSettings(port=0)) as doors:
                control = Control(
                    board, Nobody(), lambda call: Choices(), engine, doors, Readiness(),
                    lambda _: b"", lambda: hotline.now,
                )  # fmt: skip
                async with control.open():
                    api = GeneratedApi(hotline, board, control, runs)
                    api.tell(hotline.arrivals())
                    yield api
        finally:
            engine.dispose()
