"""Which server a verb speaks to: the one of this machine's settings, or one elsewhere by token."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.errors import SettingsError, UnknownCallError
from ivr.server.settings import load_settings

Url = Annotated[
    str | None,
    typer.Option("--url", envvar="IVR_URL", help="A server elsewhere.", show_default=False),
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="IVR_TOKEN", help="For that server.", show_default=False),
]
Call = Annotated[
    str, typer.Argument(help="The call's id, or as much of its beginning or end as is unambiguous.")
]


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, asked one thing at a time.

    Every question may raise PeerError: nobody runs there, or it refuses.
    """

    settings_file: Path | None
    url: str | None
    token: str | None

    def get(self, path: str, **query: str | int | float) -> Any:
        """The answer to a question."""
        return self._ask("GET", path, query)

    def post(self, path: str, **words: str) -> Any:
        """Give an order."""
        return self._ask("POST", path, words)

    def _ask(self, method: str, path: str, words: Mapping[str, str | int | float]) -> Any:
        from ivr.server.api.client import ask

        settings = load_settings(self.settings_file)
        return ask(settings, method, path, words, url=self.url, token=self.token)

    def runs(self) -> bool:
        """Whether there is a server to ask; one elsewhere is taken to be there."""
        from ivr.server.api.client import SOCKET_NAME

        if self.url:
            return True
        settings = load_settings(self.settings_file)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(PROBE_SECONDS)
            try:
                probe.connect(str(settings.path(settings.paths.runs) / SOCKET_NAME))
            except OSError:
                return False
        return True

    def calls(self) -> list[dict[str, Any]]:
        """All calls that go on, page by page."""
        found: list[dict[str, Any]] = []
        while page := self.get("/v1/calls", offset=len(found)):
            found += page
            if len(page) < PAGE:
                break
        return found

    def call(self, part: str) -> str:
        """The id of the call that goes on whose id begins or ends so.

        Raises:
            UnknownCallError: if there is none; SettingsError if there are several.
        """
        return one_of(part, [row["call"] for row in self.calls()])


PAGE = 500
"""Rows of the longest page a server gives."""

MAX_ID = 160
PROBE_SECONDS = 2.0


def one_of(part: str, ids: Sequence[str]) -> str:
    """The one id that begins or ends with `part`; a whole id is itself.

    Raises:
        UnknownCallError: if none does; SettingsError if several do, or nobody can mean it.
    """
    if not part or len(part) > MAX_ID or not part.isprintable():
        raise SettingsError("a call's id is one word, as `ivr calls ls` shows it")
    found = [one for one in ids if one.startswith(part) or one.endswith(part)]
    if part in found:
        return part
    if not found:
        raise UnknownCallError(f"no call {part!r} goes on: see `ivr calls ls`")
    if len(found) > 1:
        few = ", ".join(sorted(found)[:3])
        raise SettingsError(f"{part!r} can be {len(found)} calls ({few} ...): give more of it")
    return found[0]
