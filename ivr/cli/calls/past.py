"""Past calls for `ivr calls ls --past` and `show`: from a server, or from the record itself."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ivr.cli.calls.shown import print_facts, print_lines
from ivr.cli.json_output import print_json
from ivr.cli.moments import moment
from ivr.cli.past_table import PAST, facts_of_past
from ivr.cli.plain_table import print_table
from ivr.cli.remote import PAGE, Server, one_of
from ivr.errors import UnknownCallError
from ivr.server.settings import load_settings

if TYPE_CHECKING:  # a heavy module that most verbs do without
    from sqlalchemy import Engine


def list_past(server: Server, wanted: Mapping[str, str], limit: int, as_json: bool) -> None:
    """List the calls that are over, the newest first."""
    query: dict[str, Any] = {name: text for name, text in wanted.items() if text}
    for name in ("since", "until"):
        if name in query:
            query[name] = moment(query[name], f"--{name}")
    calls = _page(server, query, limit, ended=True)
    if as_json:
        print_json(calls)
        return
    print_table(PAST, calls, time.time())


def show_past(server: Server, part: str, as_json: bool) -> None:
    """Show one past call, found by a part of its id among the newest, else by its whole id.

    Raises:
        UnknownCallError: if the record holds none.
    """
    newest = [row["call"] for row in _page(server, {}, PAGE)]
    fits = any(call.startswith(part) or call.endswith(part) for call in newest)
    call = one_of(part, newest) if fits else part
    whole = _whole(server, call)
    if as_json:
        print_json(whole)
        return
    print_facts(facts_of_past(whole["call"]))
    print_lines(whole["turns"])


def _page(
    server: Server, query: Mapping[str, Any], limit: int, ended: bool | None = None
) -> list[dict[str, Any]]:
    if server.runs():
        asked = query if ended is None else {**query, "ended": str(ended).lower()}
        found: list[dict[str, Any]] = server.get("/v1/history", limit=limit, **asked)["calls"]
        return found
    from ivr.store.history import History, Wanted

    with _record(server) as engine:
        page = History(engine).calls(Wanted(**query, ended=ended), limit) if engine else None
    return [asdict(call) for call in page.calls] if page else []


def _whole(server: Server, call: str) -> dict[str, Any]:
    if server.runs():
        from ivr.server.api.client import path_of

        shown: dict[str, Any] = server.get(path_of("calls", call))["past"]
        return shown
    from ivr.store.history import History

    with _record(server) as engine:
        if engine is None:
            raise UnknownCallError("there is no record of calls yet")
        return asdict(History(engine).call(call).masked())


@contextmanager
def _record(server: Server) -> "Iterator[Engine | None]":
    """The record of this machine's settings, while no server runs; None before the first call."""
    from ivr.server.record import record_if_there

    engine = record_if_there(load_settings(server.settings_file))
    try:
        yield engine
    finally:
        if engine is not None:
            engine.dispose()
