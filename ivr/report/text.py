"""A report as text for a terminal of 80 columns."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from ivr.report.figures import BANDS, Band, Report
from ivr.report.tallies import Period
from ivr.report.words import bar, left, number, percent, right, seconds, signed, sparkline

WIDTH = 80
MOST_AGENTS = 20
MOST_NODES = 25
BAR = 17


def lines(report: Report, by: str = "hour") -> Iterator[str]:
    """The report, a line at a time without its end; `by` is hour or day."""
    yield from _head(report)
    if not report.total.volume.calls and not report.queues:
        yield ""
        yield "No calls began in this time."
        return
    yield from _summary(report)
    yield from _periods(report, by)
    for part in (_queues, _transfers, _agents, _mix, _expected, _nodes, _worst):
        yield from part(report)


def _head(report: Report) -> Iterator[str]:
    window = report.window
    since, until = (f"{window.local(at):%Y-%m-%d %H:%M}" for at in (window.since, window.until))
    yield f"{since} to {until}, {window.zone_name}" + (
        f", queue {report.queue}" if report.queue else ""
    )


def _summary(report: Report) -> Iterator[str]:
    volume, service, rules = report.total.volume, report.total.service, report.rules
    hours = [float(one.volume.calls) for one in report.hours.values()]
    days = [float(one.volume.calls) for one in report.days.values()]
    level = f"answered in {rules.goal:g} s, the goal is {100 * rules.target:.0f} %"
    pairs = [
        ("calls", number(volume.calls), sparkline(hours) + "  hours 0 to 23"),
        ("", "", sparkline(days) + "  days" if 1 < len(days) <= 50 else ""),
        ("contained", percent(volume.containment), "ended without asking for an agent"),
        ("offered", number(service.offered), "waits for an agent"),
        ("answered", number(service.answered), ""),
        ("abandoned", number(service.abandoned), f"after {rules.short:g} s or more"),
        ("short", number(service.short), f"gave up before {rules.short:g} s; count nowhere"),
        ("unanswered", number(service.unanswered), "nobody there, all busy, or failed"),
        ("service level", percent(service.service_level), level),
        ("abandonment", percent(service.abandonment), ""),
        ("speed of answer", seconds(service.asa), "on average (ASA)"),
        ("handling time", seconds(service.aht(rules.wrap_up)), _aht(report)),
        ("longest wait", seconds(service.longest), ""),
        ("annoyed", percent(volume.annoyance), "of the calls, by the sound of them"),
    ]
    yield ""
    for name, value, note in pairs:
        if name or note:
            yield f"{name:<15}  {value:>9}  {note}".rstrip()


def _aht(report: Report) -> str:
    talk = seconds(report.total.service.talk)
    return f"on average (AHT): talk {talk}, wrap-up {report.rules.wrap_up:g} s"


def _periods(report: Report, by: str) -> Iterator[str]:
    periods: list[tuple[str, Period]] = (
        [(f"{hour:02d}:00", one) for hour, one in report.hours.items()]
        if by == "hour"
        else [(_day(day), one) for day, one in report.days.items()]
    )
    most = max(one.volume.calls for _, one in periods) or 1
    rows = [
        (
            name,
            number(one.volume.calls),
            bar(one.volume.calls / most, BAR),
            number(one.service.offered),
            percent(one.service.service_level),
            percent(one.service.abandonment),
            seconds(one.service.asa),
        )
        for name, one in periods
    ]
    heads = (by, "calls", "", "offered", "in time", "gave up", "ASA")
    yield from _table(heads, rows, (14 if by == "day" else 5, 7, BAR, 8, 8, 8, 8), texts={0, 2})


def _day(day: str) -> str:
    return f"{day} {date.fromisoformat(day):%a}"


def _queues(report: Report) -> Iterator[str]:
    rows = [
        (
            name,
            number(one.offered),
            percent(one.service_level),
            percent(one.abandonment),
            seconds(one.asa),
            seconds(one.aht(report.rules.wrap_up)),
            seconds(one.longest),
        )
        for name, one in report.queues.items()
    ]
    heads = ("queue", "offered", "in time", "gave up", "ASA", "AHT", "longest")
    yield from _table(heads, rows, (29, 8, 8, 8, 7, 7, 7))


def _transfers(report: Report) -> Iterator[str]:
    endings = sorted({name for ends in report.transfers.values() for name in ends})
    rows = [
        (queue, *(number(report.transfers[queue].get(name, 0)) for name in endings))
        for queue in report.queues
    ]
    heads = ("transfers", *(name.replace("_", " ") for name in endings))
    yield from _table(heads, rows, (29, *(max(9, len(name)) for name in endings)))


def _agents(report: Report) -> Iterator[str]:
    rows = [
        (one.agent, number(one.calls), seconds(one.talked), seconds(one.talk), seconds(one.answer))
        for one in report.agents[:MOST_AGENTS]
    ]
    heads = ("agent", "calls", "talked", "each", "caller waited")
    yield from _table(heads, rows, (29, 8, 11, 8, 14))
    yield from _more(len(report.agents), MOST_AGENTS, "agents")


def _mix(report: Report) -> Iterator[str]:
    for head, counts in (("outcome", report.outcomes), ("language", report.languages)):
        whole = sum(counts.values()) or 1
        rows = [
            (name or "(none)", number(count), percent(count / whole), bar(count / whole, BAR))
            for name, count in counts.items()
        ]
        yield from _table((head, "calls", "share", ""), rows, (29, 8, 8, BAR), texts={0, 3})
    found = report.repeats
    yield ""
    yield f"{number(found.callers)} known callers, {percent(found.repeat_rate)} called again;"
    yield f"{percent(found.again_rate)} of their calls came within a day after another."


def _expected(report: Report) -> Iterator[str]:
    found = report.accuracy
    if not found.calls:
        return
    rows = [
        (band_name(band), number(band.calls), seconds(band.told), seconds(band.waited))
        for band in found.bands
    ]
    yield from _table(("told to wait", "calls", "told", "waited"), rows, (29, 8, 8, 8))
    yield f"On average {signed(found.bias)} against what was told; half were less than"
    yield f"{seconds(found.median_error)} off. Only callers who were answered count."


def band_name(band: Band) -> str:
    """Such as "30 s to 1 min": the announced waits of a band."""
    after = next((least for least in BANDS if least > band.least), None)
    low, high = (f"{n // 60} min" if n >= 60 else f"{n} s" for n in (band.least, after or 0))
    if after is None:
        return f"{low} or more"
    return f"{low} to {high}" if band.least else f"less than {high}"


def _nodes(report: Report) -> Iterator[str]:
    whole = report.total.volume.calls or 1
    rows = [
        (
            one.node,
            bar(one.calls / whole, 8),
            number(one.calls),
            number(one.entered),
            seconds(one.median),
            percent(one.nomatch_rate),
            percent(one.noinput_rate),
            percent(one.ended / one.entered),
        )
        for one in report.nodes[:MOST_NODES]
    ]
    heads = ("node", "", "calls", "entered", "median", "nomatch", "noinput", "ended")
    yield from _table(heads, rows, (22, 8, 7, 7, 7, 7, 7, 7), texts={0, 1})
    yield from _more(len(report.nodes), MOST_NODES, "nodes")


def _worst(report: Report) -> Iterator[str]:
    rows = [
        (
            one.node,
            number(one.nomatches),
            percent(one.nomatch_rate),
            _ways(one.left_by, one.entered),
        )
        for one in report.worst_nodes()
    ]
    heads = ("least understood", "nomatches", "rate", "  left for")
    yield from _table(heads, rows, (22, 9, 7, 39), texts={0, 3})


def _ways(ways: Sequence[tuple[str, int]], entered: int) -> str:
    return "  " + ", ".join(f"{name} {100 * count / entered:.0f} %" for name, count in ways[:2])


def _more(number_of: int, shown: int, what: str) -> Iterator[str]:
    if number_of > shown:
        yield f"and {number_of - shown} more {what}: see --json"


def _table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[int],
    texts: frozenset[int] | set[int] = frozenset({0}),
) -> Iterator[str]:
    """A blank line, the heads and the rows; columns not in `texts` are set to the right."""
    table = list(rows)
    if not table:
        return
    yield ""
    for row in [heads, *table]:
        cells = [
            left(text, width) if nth in texts else right(text, width)
            for nth, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield " ".join(cells).rstrip()
