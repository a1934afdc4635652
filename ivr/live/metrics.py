"""Metrics: the picture and the tally as Prometheus reads them.

The names are part of the interface: dashboards are built on them. See docs/live.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from ivr.live.alarms import WELL_KEPT, Health
from ivr.live.histogram import Histogram
from ivr.live.picture import Picture, Stage
from ivr.live.tally import Tally
from ivr.routing.skills import Presence


def metrics_text(picture: Picture, tally: Tally, health: Health = WELL_KEPT) -> bytes:
    """Everything in Prometheus' text format 0.0.4."""
    registry = CollectorRegistry()
    registry.register(_Everything(picture, tally, health))
    return generate_latest(registry)


class _Everything(Collector):
    def __init__(self, picture: Picture, tally: Tally, health: Health) -> None:
        self._picture = picture
        self._tally = tally
        self._health = health

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry need not collect everything once more to learn the names."""
        yield from ()

    def collect(self) -> Iterator[Metric]:
        yield from _calls(self._picture)
        yield from _queues(self._picture)
        yield from _people(self._picture, self._health)
        yield from _counts(self._tally)
        yield from _spans(self._tally)


def _calls(picture: Picture) -> Iterator[Metric]:
    stages = Counter({stage.value: 0 for stage in Stage})
    stages.update(row.stage.value for row in picture.calls)
    yield _gauge("ivr_calls", "Calls that go on, by with whom the caller is.", "stage", stages)
    adopted = sum(row.adopted for row in picture.calls)
    yield GaugeMetricFamily(
        "ivr_calls_adopted", "Calls in Asterisk without a session here.", value=adopted
    )


def _queues(picture: Picture) -> Iterator[Metric]:
    rows, at = picture.queues, picture.at
    waiting = {row.queue: row.waiting for row in rows}
    yield _gauge("ivr_queue_waiting", "Callers who wait.", "queue", waiting)
    longest = {row.queue: max(0.0, at - row.oldest) if row.oldest else 0.0 for row in rows}
    yield _gauge("ivr_queue_longest_seconds", "The longest wait now.", "queue", longest)
    levels = {row.queue: row.service_level for row in rows}
    yield _gauge(
        "ivr_queue_service_level",
        "The part of this day's callers answered in time, 0 to 1.",
        "queue",
        {queue: level for queue, level in levels.items() if level is not None},
    )


def _people(picture: Picture, health: Health) -> Iterator[Metric]:
    presence = Counter({presence.value: 0 for presence in Presence})
    presence.update(row.presence for row in picture.agents)
    yield _gauge("ivr_agents", "Agents, by what they do.", "presence", presence)
    alarms = Counter(row.rule for row in picture.alarms)
    yield _gauge("ivr_alarms", "Alarms that stand, by rule.", "rule", alarms)
    yield GaugeMetricFamily(
        "ivr_switch_link_up", "1 while Asterisk's manager is reached.", value=picture.linked
    )
    yield GaugeMetricFamily(
        "ivr_record_backlog", "Records that wait to be written.", value=health.behind
    )
    yield GaugeMetricFamily(
        "ivr_record_up", "0 while the record refuses to be written.", value=not health.refuses
    )


def _counts(tally: Tally) -> Iterator[Metric]:
    yield _counter("ivr_calls", "Calls that ended, by outcome.", "outcome", tally.ended)
    yield _counter("ivr_transfers", "Transfers that ended.", "outcome", tally.transfers)
    yield _counter("ivr_nomatches", "Turns not understood.", "node", tally.nomatches)
    yield _counter("ivr_noinputs", "Silences of the caller.", "node", tally.noinputs)


def _spans(tally: Tally) -> Iterator[Metric]:
    yield _histogram("ivr_wait_seconds", "From the queue to an agent.", tally.waits)
    yield _histogram(
        "ivr_turn_seconds", "From the end of the caller's speech to the answer.", tally.turns
    )
    yield _histogram("ivr_decode_seconds", "Recognition after the turn was over.", tally.decoding)


def _gauge(name: str, says: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, says, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _counter(name: str, says: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, says, labels=(label,))
    for key, value in values.items():
        family.add_metric((key,), value)
    return family


def _histogram(name: str, says: str, found: Histogram) -> Metric:
    family = HistogramMetricFamily(name, says)
    family.add_metric((), list(found.buckets()), found.sum)
    return family
