"""The fold of a call: what its rows say, and that no record, however odd, makes it fail."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ivr.store.caller_history import known_by
from ivr.store.summary import CallFold, summary_of
from ivr.store.tables import calls, turns, visits, waits
from tests.store.records import BEGAN, call_contained, call_with_agent, heard, record

KEY = b"k" * 32
KINDS = [
    "CallOpened", "CallStarted", "FlowPinned", "EnterNode", "Explain", "Listen", "Heard",
    "PlayPrompt", "StartTransfer", "QueueChosen", "WaitExpected", "AgentAnswered",
    "TransferEnded", "Crashed", "CallEnded", "Else",
]  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["text", "words", "utterance", "segments", "facts", "nomatch", "queue", "agent",
             "outcome", "seconds", "began", "now", "caller", "node", "context", "confidence"]
        ),
        inner, max_size=4,
    ),
    max_leaves=6,
)  # fmt: skip
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"at": st.floats(0, 1000) | ODD, "kind": st.sampled_from(KINDS), "data": ODD}
    ),
    max_size=20,
)  # fmt: skip


def test_a_call_with_an_agent() -> None:
    found = summary_of(call_with_agent("1.1"), "1.1", KEY)
    row = found.call
    assert (row["began"], row["ended"]) == (BEGAN, BEGAN + 90)
    assert (row["joined"], row["answered"]) == (BEGAN + 10, BEGAN + 30)
    assert (row["waited"], row["talked"]) == (20.0, 60.0)
    assert (row["queue"], row["agent"], row["intent"]) == ("cards", "chen", "card_loss")
    assert (row["turns"], row["nomatches"], row["noinputs"], row["transfers"]) == (1, 1, 1, 1)
    assert (row["annoyance"], row["annoyed"]) == (0.4, False)
    assert (row["outcome"], row["contained"], row["abandoned"]) == ("transferred", False, False)
    assert (row["caller_shown"], row["caller_key"]) == ("*******8000", known_by("13800138000", KEY))
    assert (row["flow"], row["version"], row["last_node"]) == ("bank", "v1", "operator")
    (wait,) = found.waits
    assert (wait["waited"], wait["talked"], wait["expected"]) == (20.0, 60.0, 15.0)
    assert (wait["outcome"], wait["priority"], wait["ended"]) == ("answered", 70, BEGAN + 90)


def test_where_it_stood_and_what_was_said() -> None:
    found = summary_of(call_with_agent("1.1"), "1.1")
    assert [(v["flow"], v["node"], round(v["seconds"], 3), v["last"]) for v in found.visits] == [
        ("bank", "welcome", 7.8, False),
        ("identify", "ask", 2.0, False),
        ("bank", "operator", 80.0, True),
    ]
    assert [(v["nomatches"], v["noinputs"]) for v in found.visits] == [(1, 0), (0, 1), (0, 0)]
    assert [(t["who"], t["node"], t["text"], t["confidence"]) for t in found.turns] == [
        ("hotline", "welcome", "您好, 这里是示范银行。", None),
        ("caller", "welcome", "我要挂失", 0.9),
    ]


def test_long_numbers_are_masked() -> None:
    (turn,) = summary_of([heard("1", 1.0, "卡号", "6222", "0000", "1234")], "1").turns
    assert "6222" not in turn["text"] and turn["text"].endswith("1234")


def test_of_a_short_number_no_digit_is_shown() -> None:
    extension = record("1.1", 0.0, "CallStarted", caller="8012", called="100")
    row = summary_of([*call_with_agent("1.1"), extension], "1.1", KEY).call
    assert (row["caller_shown"], row["caller_key"]) == ("****", known_by("8012", KEY))


def test_who_gives_up_abandoned_and_who_needs_nobody_was_contained() -> None:
    gave_up = summary_of(call_with_agent("1", agent=""), "1").call
    assert gave_up["abandoned"] and gave_up["waited"] == 20.0 and gave_up["answered"] is None
    contained = summary_of(call_contained("2"), "2").call
    assert contained["contained"] and contained["waited"] is None and not contained["abandoned"]
    crashed = [*call_contained("3")[:-1], record("3", 5.0, "Crashed", error="X")]
    assert not summary_of([*crashed, record("3", 5.0, "CallEnded")], "3").call["contained"]


def test_a_caller_who_is_sent_on_waits_twice() -> None:
    records = call_with_agent("1")
    records[-2:-2] = [
        record("1", 50.0, "QueueChosen", queue="cards.2", priority=90),
        record("1", 60.0, "AgentAnswered", agent="li", waited=10),
    ]
    found = summary_of(records, "1")
    assert [(w["queue"], w["agent"], w["waited"], w["talked"]) for w in found.waits] == [
        ("cards", "chen", 20.0, 20.0),
        ("cards.2", "li", 10.0, 30.0),
    ]
    assert (found.call["agent"], found.call["queue"], found.call["talked"]) == ("li", "cards.2", 50)
    assert (found.call["answered"], found.call["waited"]) == (BEGAN + 30, 20.0)


def moved(agent: str) -> list[dict[str, Any]]:
    """A caller who is moved to the front of their queue after ten seconds there."""
    records = call_with_agent("1", agent=agent)
    answered = next(n for n, r in enumerate(records) if r["at"] == 30.0)
    facts = {"kind": "overdue"}
    front = record("1", 20.0, "QueueChosen", queue="cards-overdue", priority=70, facts=facts)
    return [*records[:answered], front, *records[answered:]]


def test_a_caller_who_is_moved_to_the_front_joined_once() -> None:
    for agent, outcome in (("chen", "answered"), ("", "abandoned")):
        found, stayed = (
            summary_of(records, "1")
            for records in (moved(agent), call_with_agent("1", agent=agent))
        )
        assert found.waits == stayed.waits and found.call == stayed.call
        (wait,) = found.waits
        assert (wait["queue"], wait["waited"], wait["outcome"]) == ("cards", 20.0, outcome)


def test_an_overdue_caller_whom_nothing_is_known_of_waits_from_then_on() -> None:
    (wait,) = summary_of(moved("chen")[-5:], "1").waits
    assert (wait["queue"], wait["agent"]) == ("cards-overdue", "chen")


def test_when_it_began_is_found_elsewhere_too() -> None:
    started = record("1", 2.0, "CallStarted", now="2026-10-01T10:00:02+08:00")
    assert summary_of([started], "1", began=5.0).call["began"] == 1_790_820_000.0
    assert summary_of([record("1", 2.0, "EnterNode", node="x")], "1", began=5.0).call["began"] == 5


def test_only_the_first_end_counts() -> None:
    records = [*call_contained("1"), record("1", 9.0, "CallEnded", outcome="lost")]
    assert summary_of(records, "1").call["outcome"] == "goodbye"


@given(RECORDS)
def test_any_records_give_rows_that_fit(records: list[dict[str, Any]]) -> None:
    fold = CallFold("c\0\ud800" * 50, KEY, BEGAN)
    for one in records:
        fold.take(one)
    found = fold.summary()
    columns = [(calls, [found.call]), (visits, found.visits), (turns, found.turns)]
    for table, rows in [*columns, (waits, found.waits)]:
        for row in rows:
            assert row.keys() == {column.name for column in table.columns}
            for value in row.values():
                if isinstance(value, str):
                    assert "\0" not in value
                    value.encode()
    row = found.call
    assert (row["ended"] is None) == (not fold.ended)
    assert row["ended"] is None or row["ended"] >= row["began"]
    assert not (row["contained"] and row["transfers"])
    assert not (row["abandoned"] and row["answered"] is not None and len(found.waits) == 1)
    for name in ("waited", "talked"):
        assert row[name] is None or row[name] >= 0
    assert [visit["nth"] for visit in found.visits] == list(range(len(found.visits)))
    assert all(visit["seconds"] >= 0 for visit in found.visits)
    assert sum(visit["last"] for visit in found.visits) <= 1


@given(RECORDS)
def test_folding_in_one_go_or_looking_in_between_is_the_same(records: list[dict[str, Any]]) -> None:
    fold = CallFold("c", KEY, BEGAN)
    for one in records:
        fold.take(one)
        fold.summary()
    assert fold.summary() == summary_of(records, "c", KEY, BEGAN)
