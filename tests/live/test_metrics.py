"""Metrics: counted from records, shown as Prometheus reads them, with few enough labels."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from ivr.live.alarms import Health
from ivr.live.histogram import Histogram
from ivr.live.metrics import metrics_text
from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Stage
from ivr.live.tally import MAX_NAMES, OTHER, Tally
from tests.live.pictures import pictures


def take(tally: Tally, at: float, kind: str, call: str = "1.1", /, **data: Any) -> None:
    record = {"at": at, "call": call, "what": "note", "kind": kind, "data": data}
    tally.take_record(record, 1000.0 + at)


def values(text: bytes) -> dict[tuple[str, ...], float]:
    """(name, label value ...) -> value, as a scraper reads it."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def test_a_wait_goes_on_at_the_front_of_the_queue() -> None:
    tally = Tally()
    take(tally, 10.0, "QueueChosen", queue="zh", facts={"kind": "exact"})
    take(tally, 30.0, "QueueChosen", queue="zh-overdue", facts={"kind": "overdue"})
    take(tally, 45.0, "AgentAnswered", agent="li", waited=35)
    found = values(metrics_text(Picture(5.0), tally))
    assert (found["ivr_wait_seconds_sum",], found["ivr_wait_seconds_count",]) == (35.0, 1)


def test_a_call_is_counted() -> None:
    tally = Tally()
    take(tally, 0.0, "EnterNode", node="main")
    take(tally, 3.0, "Decoded", silence=0.6, seconds=0.1)
    take(tally, 3.0, "Heard", utterance={})
    take(tally, 3.0, "Explain", text="", facts={"node": "main", "nomatch": 1})
    take(tally, 3.02, "PromptBegan", serial=1)
    take(tally, 9.0, "TimerRang", serial=2)
    take(tally, 9.0, "Explain", text="", facts={"node": "main", "noinput": 1})
    take(tally, 9.1, "PromptBegan", serial=3)
    take(tally, 12.0, "QueueChosen", queue="zh", why="")
    take(tally, 32.5, "AgentAnswered", agent="li", waited=20)
    take(tally, 60.0, "TransferEnded", serial=4, outcome="answered")
    take(tally, 60.0, "CallEnded", outcome="caller_hung_up")
    found = values(metrics_text(Picture(5.0), tally))
    assert found["ivr_calls_total", "caller_hung_up"] == 1
    assert found["ivr_transfers_total", "answered"] == 1
    assert found["ivr_nomatches_total", "main"] == 1
    assert found["ivr_noinputs_total", "main"] == 1
    assert found["ivr_turn_seconds_sum",] == pytest.approx(0.72)
    assert found["ivr_turn_seconds_count",] == 1  # what follows a silence is no answer
    assert (found["ivr_turn_seconds_bucket", "0.5"], found["ivr_turn_seconds_bucket", "0.75"]) == (
        0,
        1,
    )
    assert found["ivr_decode_seconds_sum",] == pytest.approx(0.1)
    assert found["ivr_wait_seconds_sum",] == pytest.approx(20.5)


def test_the_picture_is_told() -> None:
    picture = Picture(
        at=100.0,
        linked=False,
        calls=(CallRow("1", 1.0, Stage.WAITING, 1.0, adopted=True),),
        queues=(
            QueueRow("zh", waiting=2, oldest=40.0, answered=3, in_time=2, abandoned=1),
            QueueRow("en"),
        ),
        agents=(AgentRow("li", presence="busy"), AgentRow("wang", presence="busy")),
        alarms=(AlarmRow("queue-longest", "zh", "", 90.0),),
    )
    found = values(metrics_text(picture, Tally(), Health(7, "no room")))
    assert (found["ivr_calls", "waiting"], found["ivr_calls", "talking"]) == (1, 0)
    assert found["ivr_calls_adopted",] == 1
    assert (found["ivr_queue_waiting", "zh"], found["ivr_queue_longest_seconds", "zh"]) == (2, 60)
    assert found["ivr_queue_longest_seconds", "en"] == 0
    assert found["ivr_queue_service_level", "zh"] == 0.5
    assert ("ivr_queue_service_level", "en") not in found
    assert (found["ivr_agents", "busy"], found["ivr_agents", "ready"]) == (2, 0)
    assert found["ivr_alarms", "queue-longest"] == 1
    assert (found["ivr_switch_link_up",], found["ivr_record_up",]) == (0, 0)
    assert found["ivr_record_backlog",] == 7


def test_labels_are_bounded() -> None:
    tally = Tally()
    for number in range(3 * MAX_NAMES):
        take(tally, 0.0, "EnterNode", f"{number}.0", node=f"n{number}")
        take(tally, 0.0, "Heard", f"{number}.0", utterance={})
        take(tally, 0.0, "Explain", f"{number}.0", text="", facts={"nomatch": 1})
        take(tally, 0.0, "CallEnded", f"{number}.0", outcome=f"o{number}")
    for counts in (tally.nomatches, tally.ended, tally.nodes):
        assert len(counts) == MAX_NAMES + 1
        assert OTHER in counts
    assert tally.nomatches.total() == tally.ended.total() == 3 * MAX_NAMES


@given(pictures)
def test_any_picture_can_be_scraped(picture: Picture) -> None:
    found = values(metrics_text(picture, Tally()))
    assert sum(v for k, v in found.items() if k[0] == "ivr_calls") == len(picture.calls)


@given(st.lists(st.floats(0, 10)))
def test_buckets_only_grow(spans: list[float]) -> None:
    histogram = Histogram((1.0, 2.0, 5.0))
    for span in spans:
        histogram.add(span)
    buckets = [count for _, count in histogram.buckets()]
    assert all(one <= two for one, two in pairwise(buckets))
    assert buckets[-1] == histogram.count == len(spans)
    assert buckets[1] == sum(span <= 2.0 for span in spans)
