"""Past calls: filters, pages that stand still, hostile searches; the same on both databases."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from ivr.errors import QueryError, UnknownCallError
from ivr.store.database import default_url, open_database
from ivr.store.history import History, Wanted
from ivr.store.past import PastCall, PastTurn, PastVisit, PastWait
from ivr.store.spool.recorder import Recorder
from ivr.store.tables import calls, turns, visits, waits
from tests.store.records import BEGAN, call_contained, call_with_agent, spool


@pytest.fixture
def history(record_engine: Engine, tmp_path: Path) -> History:
    """Nine calls a minute apart; three of them wait for nobody, one gives up."""
    folder = tmp_path / "journal"
    for n in range(9):
        call, began = f"1.{n}", BEGAN + 60 * n
        if n % 3 == 0:
            spool(folder, call_contained(call, began))
        else:
            queue, agent = ("cards", "chen") if n % 3 == 1 else ("loans", "" if n == 8 else "li")
            spool(folder, call_with_agent(call, began, queue=queue, agent=agent))
    with Recorder(record_engine, folder):
        pass
    return History(record_engine)


def ids(history: History, **wanted: object) -> list[str]:
    return [one.call for one in history.calls(Wanted(**wanted), 1000).calls]  # type: ignore[arg-type]


def test_classes_say_what_the_tables_hold() -> None:
    for kind, table in (
        (PastCall, calls), (PastVisit, visits), (PastTurn, turns), (PastWait, waits),
    ):  # fmt: skip
        columns = [column.name for column in table.columns]
        columns = columns if kind is PastCall else columns[1:]
        assert [one.name for one in dataclasses.fields(kind)] == columns


def test_filters(history: History) -> None:
    assert ids(history) == [f"1.{n}" for n in reversed(range(9))]
    assert ids(history, since=BEGAN + 60, until=BEGAN + 180) == ["1.2", "1.1"]
    assert ids(history, queue="cards") == ["1.7", "1.4", "1.1"]
    assert ids(history, agent="li") == ["1.5", "1.2"]
    assert ids(history, outcome="abandoned") == ["1.8"]
    assert ids(history, flow="bank", agent="chen", since=BEGAN + 200) == ["1.7", "1.4"]
    assert ids(history, queue="' OR 1=1 --") == []
    assert ids(history, ended=False) == [] and len(ids(history, ended=True)) == 9


def test_pages_stand_still_while_calls_come(
    history: History, record_engine: Engine, tmp_path: Path
) -> None:
    first = history.calls(limit=4)
    assert [one.call for one in first.calls] == ["1.8", "1.7", "1.6", "1.5"]
    for call in ("2.1", "2.2"):  # the second began in the same moment as a call that is there
        spool(tmp_path / "later", call_contained(call, BEGAN + (900 if call == "2.1" else 300)))
    with Recorder(record_engine, tmp_path / "later"):
        pass
    second = history.calls(limit=4, cursor=first.following)
    assert [one.call for one in second.calls] == ["1.4", "1.3", "1.2", "1.1"]
    last = history.calls(limit=4, cursor=second.following)
    assert [one.call for one in last.calls] == ["1.0"] and last.following == ""


@pytest.mark.parametrize("size", [1, 2, 3, 9, 10])
def test_every_page_size_gives_every_call_once(history: History, size: int) -> None:
    found: list[str] = []
    cursor = ""
    while True:
        page = history.calls(limit=size, cursor=cursor)
        found += [one.call for one in page.calls]
        if not (cursor := page.following):
            break
    assert found == [f"1.{n}" for n in reversed(range(9))]
    assert history.ids() == found[::-1]


def test_one_call(history: History) -> None:
    whole = history.call("1.1")
    assert [(one.flow, one.node) for one in whole.visits] == [
        ("bank", "welcome"), ("identify", "ask"), ("bank", "operator"),
    ]  # fmt: skip
    assert [one.who for one in whole.turns] == ["hotline", "caller"]
    assert [(one.queue, one.agent) for one in whole.waits] == [("cards", "chen")]
    assert history.records("1.1") == call_with_agent("1.1", BEGAN + 60)


# -- absurd questions ------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [0, -1, 1001, 10**9])
def test_absurd_limits(history: History, limit: int) -> None:
    for ask in (lambda: history.calls(limit=limit), lambda: history.search("x", limit=limit)):
        with pytest.raises(QueryError, match="limit must be 1 to 1000"):
            ask()


@pytest.mark.parametrize(
    "cursor", ["x", ",", "1", "nan,1.1", "inf,1", "1.0,", "x" * 10_000, "\0,1"]
)
def test_absurd_cursors(history: History, cursor: str) -> None:
    with pytest.raises(QueryError):
        history.calls(cursor=cursor)


@pytest.mark.parametrize("moment", [math.nan, math.inf, -math.inf])
def test_absurd_moments(history: History, moment: float) -> None:
    with pytest.raises(QueryError, match="since is no moment"):
        history.calls(Wanted(since=moment))


@pytest.mark.parametrize("call", ["9.9", "", "../1.1", "1.1' --"])
def test_unknown_calls(history: History, call: str) -> None:
    with pytest.raises(UnknownCallError):
        history.call(call)
    with pytest.raises(UnknownCallError):
        history.records(call)


@pytest.mark.parametrize("call", ["\0", "\ud800", "x" * 10_000])
def test_what_can_be_no_call(history: History, call: str) -> None:
    with pytest.raises(QueryError):
        history.call(call)


# -- search ----------------------------------------------------------------------------------------


def test_what_was_said_is_found_newest_first(history: History) -> None:
    found = history.search("挂失")
    assert [one.call.call for one in found] == ["1.8", "1.7", "1.5", "1.4", "1.2", "1.1"]
    assert found[0].turn.text == "我要挂失" and found[0].turn.at == 4.0
    assert [one.call.call for one in history.search("挂失", limit=2)] == ["1.8", "1.7"]
    early = history.search("挂失", since=BEGAN + 60, until=BEGAN + 200)
    assert [one.call.call for one in early] == ["1.2", "1.1"]
    assert history.search("示范银行", who="caller") == []
    assert len(history.search("示范银行", who="hotline")) == 6


@pytest.fixture
def odd(record_engine: Engine, tmp_path: Path) -> Iterator[History]:
    said = ["100%", "a_b", "back\\slash", "it's", '"quoted"', "ABC", "a/b", "é"]
    for number, text in enumerate(said):
        spool(tmp_path / "journal", call_contained(f"1.{number}", BEGAN + number, text))
    with Recorder(record_engine, tmp_path / "journal"):
        pass
    yield History(record_engine)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("%", ["1.0"]), ("0%", ["1.0"]), ("_", ["1.1"]), ("\\", ["1.2"]), ("'", ["1.3"]),
        ('"', ["1.4"]), ("abc", ["1.5"]), ("/", ["1.6"]), ("é", ["1.7"]), ("%%", []),
        ("a%b", []), ("'; DROP TABLE turns; --", []), ("${jndi}", []), ("🙂", []), ("[a-z]", []),
    ],
)  # fmt: skip
def test_no_character_has_a_meaning_of_its_own(odd: History, wanted: str, found: list[str]) -> None:
    assert [one.call.call for one in odd.search(wanted, who="caller")] == found


@pytest.mark.parametrize("wanted", ["", "   ", "\0", "a\0b", "\ud800", "x" * 10_240])
def test_hostile_searches_are_refused(odd: History, wanted: str) -> None:
    with pytest.raises(QueryError):
        odd.search(wanted)
    assert len(odd.calls().calls) == 8, "nothing changed"


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60)
def test_any_search_is_answered_or_refused(shared: History, wanted: str) -> None:
    try:
        found = shared.search(wanted)
    except QueryError:
        return
    assert all(wanted.strip().lower() in one.turn.text.lower() for one in found)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[History]:
    folder = tmp_path_factory.mktemp("shared")
    engine = open_database(default_url(folder))
    spool(folder / "journal", call_contained("1.1", BEGAN, "some words % _ \\ ' 0"))
    with Recorder(engine, folder / "journal"):
        pass
    yield History(engine)
    engine.dispose()
