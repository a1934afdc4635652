"""A report as plain data: one JSON-able object, and rows of one long table for CSV."""

from collections.abc import Iterator, Mapping
from typing import Any

from ivr.report.figures import Accuracy, NodeFigures, Report
from ivr.report.tallies import Period, Rules, Service

Plain = dict[str, Any]
HEADING = ("table", "row", "figure", "value")


def plain(report: Report) -> Plain:
    """Every figure under the name docs/report.md explains; rates from 0 to 1, times in seconds."""
    window, rules = report.window, report.rules
    return {
        "window": {
            "since": window.local(window.since).isoformat(),
            "until": window.local(window.until).isoformat(),
            "zone": window.zone_name,
            "queue": report.queue,
        },
        "rules": {
            "goal": rules.goal, "target": rules.target, "short": rules.short,
            "wrap_up": rules.wrap_up,
        },
        "total": _period(report.total, rules),
        "days": {day: _period(one, rules) for day, one in report.days.items()},
        "hours": {f"{hour:02d}": _period(one, rules) for hour, one in report.hours.items()},
        "queues": {name: _service(one, rules) for name, one in report.queues.items()},
        "transfers": {name: dict(ends) for name, ends in report.transfers.items()},
        "agents": {
            one.agent: {
                "calls": one.calls, "talked": _n(one.talked), "talk": _n(one.talk),
                "answer": _n(one.answer),
            }
            for one in report.agents
        },
        "outcomes": dict(report.outcomes),
        "languages": dict(report.languages),
        "repeats": {
            "calls": report.repeats.calls, "callers": report.repeats.callers,
            "repeaters": report.repeats.repeaters, "repeat_rate": _n(report.repeats.repeat_rate),
            "again": report.repeats.again, "again_rate": _n(report.repeats.again_rate),
        },
        "expected_wait": _accuracy(report.accuracy),
        "nodes": {f"{one.flow}/{one.node}": _node(one) for one in report.nodes},
    }  # fmt: skip


def rows(report: Report) -> Iterator[tuple[str, str, str, Any]]:
    """The same as lines under HEADING, such as `queues, zh-loans.3, offered, 120`."""
    for table, value in plain(report).items():
        for name, inner in value.items():
            if not isinstance(inner, Mapping):
                yield table, "", name, _cell(inner)
                continue
            for figure, one in inner.items():
                if isinstance(one, Mapping):
                    for way, number in one.items():
                        yield table, name, f"{figure}.{way}", _cell(number)
                else:
                    yield table, name, figure, _cell(one)


def _cell(value: Any) -> Any:
    return "" if value is None else value


def _period(period: Period, rules: Rules) -> Plain:
    volume = period.volume
    return {
        "calls": volume.calls,
        "contained": volume.contained,
        "containment": _n(volume.containment),
        "annoyance": _n(volume.annoyance),
        "length": _n(volume.length),
        **_service(period.service, rules),
    }


def _service(service: Service, rules: Rules) -> Plain:
    return {
        "offered": service.offered,
        "answered": service.answered,
        "in_time": service.in_time,
        "abandoned": service.abandoned,
        "short": service.short,
        "unanswered": service.unanswered,
        "open": service.open,
        "service_level": _n(service.service_level),
        "abandonment": _n(service.abandonment),
        "asa": _n(service.asa),
        "talk": _n(service.talk),
        "aht": _n(service.aht(rules.wrap_up)),
        "longest": _n(service.longest),
    }


def _accuracy(accuracy: Accuracy) -> Plain:
    return {
        "calls": accuracy.calls,
        "bias": _n(accuracy.bias),
        "median_error": _n(accuracy.median_error),
        "bands": {
            f"{band.least}": {"calls": band.calls, "told": _n(band.told), "waited": _n(band.waited)}
            for band in accuracy.bands
        },
    }


def _node(node: NodeFigures) -> Plain:
    return {
        "calls": node.calls,
        "entered": node.entered,
        "ended": node.ended,
        "noinputs": node.noinputs,
        "noinput_rate": _n(node.noinput_rate),
        "nomatches": node.nomatches,
        "nomatch_rate": _n(node.nomatch_rate),
        "median": _n(node.median),
        "left_by": dict(node.left_by),
    }


def _n(number: float | None) -> float | None:
    """Four digits behind the point: no more is meant by any figure here."""
    return None if number is None else round(number, 4)
