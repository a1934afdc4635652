"""Feed: where the board has its pictures from, and whom it gives orders to."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol

from ivr.live.choices import Choices
from ivr.live.picture import Picture
from ivr.live.transcript import Line


class Feed(Protocol):
    """A hotline as the board sees it; all of it raises PeerError where nobody answers."""

    @property
    def where(self) -> str:
        """Which hotline this is, for people."""

    @property
    def phone(self) -> str:
        """The supervisor's telephone that goes with our token; "" if there is none."""

    @property
    def dial(self) -> str:
        """What to dial to reach it, if that is known."""

    def pictures(self) -> AsyncIterator[Picture]:
        """The picture now and at every change, until the connection is lost."""

    def transcript(self, call: str) -> AsyncIterator[Line]:
        """What was and is said in a call, masked, until it ends."""

    async def order(self, call: str, order: str, words: Mapping[str, str]) -> None:
        """Give an order for a call: hangup, transfer, goto, listen, whisper, barge, takeover."""

    async def choices(self, call: str = "") -> Choices:
        """What orders may name; with a call, the nodes that it can be sent to."""
