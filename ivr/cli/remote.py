"""Which server a verb speaks to: the one of this machine's settings, or one elsewhere by token."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ivr.errors import SettingsError, UnknownCallError
from ivr.server.settings import load_settings

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="Another ivr.toml.", show_default=False)
]
Url = Annotated[
    str | None,
    typer.Option("--url", envvar="IVR_URL", help="A server elsewhere.", show_default=False),
]
Token = Annotated[
    str | None,
    typer.Option("--token", envvar="IVR_TOKEN", help="For that server.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Call = Annotated[str, typer.Argument(help="The call's id, or as much of it as is unambiguous.")]


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

    def call(self, prefix: str) -> str:
        """The id of the call that goes on whose id begins so.

        Raises:
            UnknownCallError: if there is none; SettingsError if there are several.
        """
        return one_of(prefix, [row["call"] for row in self.calls()], "no call goes on that begins")


PAGE = 500
"""Rows of the longest page a server gives."""

MAX_PREFIX = 160
PROBE_SECONDS = 2.0


def one_of(prefix: str, ids: list[str], none: str) -> str:
    """The one id that begins with `prefix`; a whole id is itself even if longer ones begin so.

    Raises:
        UnknownCallError: if none does; SettingsError if several do, or nobody can mean it.
    """
    if not prefix or len(prefix) > MAX_PREFIX or not prefix.isprintable():
        raise SettingsError("a call's id is one word, as `ivr calls ls` shows it")
    found = [one for one in ids if one.startswith(prefix)]
    if prefix in found:
        return prefix
    if not found:
        raise UnknownCallError(f"{none} with {prefix!r}: see `ivr calls ls`")
    if len(found) > 1:
        few = ", ".join(sorted(found)[:4])
        raise SettingsError(f"{prefix!r} begins {len(found)} calls ({few} ...): give more of it")
    return found[0]


def print_json(value: Any) -> None:
    """One JSON value on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def print_json_line(value: Any) -> None:
    """One JSON value on one line, at once."""
    print(json.dumps(value, ensure_ascii=False), flush=True)
