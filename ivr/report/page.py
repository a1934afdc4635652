"""A report as one HTML page that needs nothing from the net: charts inline, tables below."""

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape
from pathlib import Path

from ivr.report.charts import CHARTS, chart
from ivr.report.figures import Report
from ivr.report.text import band_name
from ivr.report.words import number, percent, seconds, signed

MOST_ROWS = 60
"""Rows of a table of agents or nodes."""

DESCRIBED = {
    "volume": "Calls a day by hour, and the share of callers who gave up waiting in that hour.",
    "service_level": "Share of callers answered in time by day, above the number offered.",
    "waits": "Shares of callers answered, gone and still waiting, by the time since they joined.",
    "funnel": "Nodes by the share of calls that came there, and the share that ended there.",
}
Card = tuple[str, str, str, str]


def write_page(report: Report, path: Path) -> None:
    """Write the page.

    Raises:
        SettingsError: if matplotlib is not installed.
        OSError: if the file cannot be written.
    """
    path.write_text(page(report), encoding="utf-8")


def page(report: Report) -> str:
    """The page as text.

    Raises:
        SettingsError: if matplotlib is not installed.
    """
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    title = f"Hotline report, {_span(report)}"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>\n{style}</style></head><body>",
        f"<header><h1>Hotline report</h1><p>{escape(_subtitle(report))}</p></header>",
        *_cards(report),
        *(_figure(report, name) for name in CHARTS),
        *_tables(report),
        _footer(report),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _span(report: Report) -> str:
    window = report.window
    return " to ".join(f"{window.local(at):%Y-%m-%d %H:%M}" for at in (window.since, window.until))


def _subtitle(report: Report) -> str:
    of_queue = f", queue {report.queue}" if report.queue else ""
    return f"{_span(report)}, {report.window.zone_name}{of_queue}"


def _cards(report: Report) -> Iterator[str]:
    volume, service, rules = report.total.volume, report.total.service, report.rules
    level = service.service_level
    verdict = "" if level is None else "met" if level >= rules.target else "missed"
    aim = f"in {rules.goal:g} s; goal {100 * rules.target:.0f} %"
    cards: list[Card] = [
        ("Calls", number(volume.calls), f"{seconds(volume.length)} on average", ""),
        ("Contained", percent(volume.containment), "asked for no agent", ""),
        ("Service level", percent(level), aim, verdict),
        ("Abandonment", percent(service.abandonment), f"{number(service.abandoned)} gave up", ""),
        ("Speed of answer", seconds(service.asa), "average wait (ASA)", ""),
        ("Handling time", seconds(service.aht(rules.wrap_up)), "average (AHT)", ""),
        ("Longest wait", seconds(service.longest), f"{number(service.offered)} waits", ""),
        ("Annoyed", percent(volume.annoyance), "by the sound of the call", ""),
    ]
    yield '<dl class="cards">'
    for name, value, note, mark in cards:
        yield (
            f'<div><dt>{escape(name)}</dt><dd class="{mark}">{escape(value)}'
            f'<div class="note">{escape(note)}</div></dd></div>'
        )
    yield "</dl>"


def _figure(report: Report, name: str) -> str:
    # An image of its own: names inside one SVG cannot clash with another's.
    picture = base64.b64encode(chart(report, name, "svg")).decode("ascii")
    alt = escape(DESCRIBED[name], quote=True)
    return f'<figure><img src="data:image/svg+xml;base64,{picture}" alt="{alt}"></figure>'


def _tables(report: Report) -> Iterator[str]:
    rules = report.rules
    yield from _table(
        "Queues",
        ("queue", "offered", "answered", "service level", "gave up", "ASA", "AHT", "longest"),
        [
            (name, number(one.offered), number(one.answered), percent(one.service_level),
             percent(one.abandonment), seconds(one.asa), seconds(one.aht(rules.wrap_up)),
             seconds(one.longest))
            for name, one in report.queues.items()
        ],
    )  # fmt: skip
    endings = sorted({name for ends in report.transfers.values() for name in ends})
    yield from _table(
        "How transfers ended",
        ("queue", *(name.replace("_", " ") for name in endings)),
        [
            (queue, *(number(report.transfers[queue].get(name, 0)) for name in endings))
            for queue in report.queues
        ],
    )
    yield from _table(
        "Days",
        ("day", "calls", "contained", "offered", "service level", "gave up", "ASA"),
        [
            (f"{day} {date.fromisoformat(day):%a}", number(one.volume.calls),
             percent(one.volume.containment), number(one.service.offered),
             percent(one.service.service_level), percent(one.service.abandonment),
             seconds(one.service.asa))
            for day, one in report.days.items()
        ],
    )  # fmt: skip
    yield from _table(
        "Agents",
        ("agent", "calls", "talked", "each", "caller waited"),
        [
            (one.agent, number(one.calls), seconds(one.talked), seconds(one.talk),
             seconds(one.answer))
            for one in report.agents[:MOST_ROWS]
        ],
    )  # fmt: skip
    yield from _table(
        "Through the menus",
        ("node", "calls", "entered", "median stay", "nomatch", "noinput", "ended", "mostly to"),
        [
            (f"{one.flow}/{one.node}", number(one.calls), number(one.entered), seconds(one.median),
             percent(one.nomatch_rate), percent(one.noinput_rate),
             percent(one.ended / one.entered), _ways(one.left_by, one.entered))
            for one in report.nodes[:MOST_ROWS]
        ],
        texts={7},
    )  # fmt: skip
    for title, counts in (("Outcomes", report.outcomes), ("Languages", report.languages)):
        yield from _shares(title, counts)
    found = report.repeats
    yield (
        f'<p class="note">{number(found.callers)} known callers, {percent(found.repeat_rate)} '
        f"called again; {percent(found.again_rate)} of their calls came within a day after "
        "another.</p>"
    )
    yield from _expected(report)


def _expected(report: Report) -> Iterator[str]:
    found = report.accuracy
    yield from _table(
        "Announced waits",
        ("told to wait", "calls", "told", "waited"),
        [
            (band_name(band), number(band.calls), seconds(band.told), seconds(band.waited))
            for band in found.bands
        ],
    )
    if found.calls:
        yield (
            f'<p class="note">On average {signed(found.bias)} against what was told; half were '
            f"less than {seconds(found.median_error)} off. Only callers who were answered "
            "count.</p>"
        )


def _shares(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    whole = sum(counts.values())
    if not whole:
        return
    yield f"<section><h2>{escape(title)}</h2><table><tbody>"
    for name, count in counts.items():
        width = 100 * count / whole
        yield (
            f"<tr><td>{escape(name or '(none)')}</td><td>{number(count)}</td>"
            f'<td>{percent(count / whole)}</td><td class="bar">'
            f'<span style="width:{width:.1f}%"></span></td></tr>'
        )
    yield "</tbody></table></section>"


def _ways(ways: Sequence[tuple[str, int]], entered: int) -> str:
    return ", ".join(f"{name}\u00a0{100 * count / entered:.0f}\u00a0%" for name, count in ways[:2])


def _table(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], texts: Iterable[int] = ()
) -> Iterator[str]:
    if not rows:
        return
    left, mark = set(texts), ' class="text"'

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{mark if nth in left else ''}>{escape(text)}</{tag}>"
            for nth, text in enumerate(row)
        )

    yield f"<section><h2>{escape(title)}</h2><table>"
    yield f"<thead><tr>{cells('th', heads)}</tr></thead><tbody>"
    for row in rows:
        yield f"<tr>{cells('td', row)}</tr>"
    yield "</tbody></table></section>"


def _footer(report: Report) -> str:
    rules = report.rules
    return (
        f"<footer>In time is within {rules.goal:g} s. Whoever gave up before {rules.short:g} s is "
        f"counted in no share. Handling time is talk and {rules.wrap_up:g} s of wrap-up. "
        "docs/report.md defines every figure.</footer>"
    )
