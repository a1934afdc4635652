"""Charts of a report: four pictures in one restrained style, as files or on one sheet."""

import io
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from ivr.errors import SettingsError
from ivr.report.figures import Report, WaitBar
from ivr.report.fonts import drawable, families
from ivr.report.tallies import Period
from ivr.report.words import number, percent, seconds

INK, SOFT, GRID, PAPER = "#22303c", "#6b7885", "#e3e8ec", "#ffffff"
ACCENT, PALE, WARM = "#1f6f9f", "#c3d9e6", "#d9822b"
"""Blue and orange are told apart by everybody; the pale one is a second blue."""

SIZE = (9.0, 4.6)
ROOM = 6.0
"""Percent of the height that a line of text needs."""
FEWEST_DAYS = 7
"""Days that a chart of days has room for at least, so that one day is no wall."""
DOTS = 144
"""Dots an inch of a PNG."""
SHOWN_WAITS = 0.99
"""The share of waits that the picture of waits has room for; the longest would squeeze it."""
MOST_NODES = 18

Draw = Callable[[Report, Any], None]


def write_charts(report: Report, folder: Path) -> Iterator[Path]:
    """Write every chart into the folder, as SVG and as PNG; gives each path when it is written.

    Raises:
        SettingsError: if matplotlib is not installed.
        OSError: if a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in CHARTS:
        for kind in ("svg", "png"):
            path = folder / f"{name}.{kind}"
            path.write_bytes(chart(report, name, kind))
            yield path


def write_sheet(report: Report, path: Path) -> None:
    """Write all charts on one sheet, as the path's suffix says.

    Raises:
        SettingsError: if matplotlib is not installed.
        OSError: if the file cannot be written.
    """
    with _style() as pyplot:
        figure = pyplot.figure(figsize=(2 * SIZE[0], 2 * SIZE[1] + 0.6), layout="constrained")
        parts = figure.subfigures(2, 2, wspace=0.04, hspace=0.06)
        for part, draw in zip(parts.flat, CHARTS.values(), strict=True):
            draw(report, part)
        path.write_bytes(_bytes(pyplot, figure, path.suffix.removeprefix(".")))


def chart(report: Report, name: str, kind: str) -> bytes:
    """One chart as the bytes of an SVG or PNG file.

    Raises:
        SettingsError: if matplotlib is not installed.
    """
    with _style() as pyplot:
        figure = pyplot.figure(figsize=SIZE, layout="constrained")
        CHARTS[name](report, figure)
        return _bytes(pyplot, figure, kind)


# -- the four pictures -----------------------------------------------------------------------------


def _volume(report: Report, figure: Any) -> None:
    _title(figure, "Calls and abandonment by hour of the day")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    hours = list(report.hours)
    days = max(1, len(report.days))
    above.bar(hours, [report.hours[h].volume.calls / days for h in hours], 0.78, color=ACCENT)
    _named(above, "calls a day")
    above.yaxis.set_major_formatter(lambda value, _: f"{value:,g}".replace(",", " "))
    _rates(below, report, hours, lambda one: one.service.abandonment, WARM)
    _named(below, "gave up")
    below.set_xlabel("hour")
    below.set_xlim(-0.7, 23.7)
    below.set_xticks(range(0, 24, 3), [f"{hour:02d}" for hour in range(0, 24, 3)])


def _rates(
    axes: Any, report: Report, hours: list[int], rate: Callable[[Period], float | None], colour: str
) -> None:
    """Points on a line; hours with few callers are small, for their rate says little."""
    counted = [report.hours[hour].service.counted for hour in hours]
    known = [(h, rate(report.hours[h]), n) for h, n in zip(hours, counted, strict=True) if n]
    most = max(counted, default=0) or 1
    points = [(hour, 100 * value) for hour, value, _ in known if value is not None]
    line = [
        dict(points).get(hour, math.nan) for hour in hours
    ]  # no line over hours without callers
    axes.plot(hours, line, color=colour, linewidth=1.2)
    sizes = [8 + 40 * n / most for _, value, n in known if value is not None]
    axes.scatter([x for x, _ in points], [y for _, y in points], sizes, colour, zorder=3)
    axes.set_ylim(0, max([10.0, *(1.2 * y for _, y in points)]))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")


def _service(report: Report, figure: Any) -> None:
    goal = f"answered within {report.rules.goal:g} s"
    _title(figure, f"Service level by day: {goal}")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.3))
    days = [date.fromisoformat(day) for day in report.days]
    levels = [one.service.service_level for one in report.days.values()]
    target = 100 * report.rules.target
    places = range(len(days))
    known = [(n, 100 * level) for n, level in zip(places, levels, strict=True) if level is not None]
    above.axhline(target, color=SOFT, linewidth=1, linestyle=(0, (4, 3)))
    above.annotate(  # in the margin, where no day's line can run through it
        f"goal\n{target:.0f} %", (1, target), (5, 0), textcoords="offset points",
        xycoords=("axes fraction", "data"), color=SOFT, fontsize=9, va="center",
    )  # fmt: skip
    above.plot([n for n, _ in known], [y for _, y in known], color=ACCENT, marker="o", markersize=4)
    above.set_ylim(0, 105)
    above.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    below.bar(places, [one.service.offered for one in report.days.values()], 0.78, color=PALE)
    _named(below, "offered")
    below.yaxis.set_major_formatter(lambda value, _: number(round(value)))
    _days(below, days)


def _days(axes: Any, days: list[date]) -> None:
    """Label few enough days, and Mondays rather than others."""
    step = next((n for n in (1, 2, 7, 14, 28, 91, 364) if len(days) / n <= 10), 364)
    first = next((n for n, day in enumerate(days) if day.weekday() == 0), 0) if step >= 7 else 0
    ticks = range(first, len(days), step)
    axes.set_xticks(ticks, [f"{days[n].day} {days[n]:%b}" for n in ticks])
    middle, half = (len(days) - 1) / 2, max(len(days) / 2 + 0.2, FEWEST_DAYS / 2)
    axes.set_xlim(middle - half, middle + half)


def _waits(report: Report, figure: Any) -> None:
    """What had become of callers after so many seconds: answered, gone, or still waiting."""
    _title(figure, "What became of callers after so long a wait")
    axes = figure.subplots()
    goal, reach = report.rules.goal, _reach(report)
    whole = report.total.service.counted or 1
    short = report.rules.short
    moments = range(reach + 1)
    answered = _grown(report, reach, lambda one: one.answered / whole)
    gone = _grown(report, reach, lambda one: one.abandoned * (one.seconds >= short) / whole)
    tops = [100 - share for share in gone]
    axes.fill_between(moments, answered, color=ACCENT, linewidth=0)
    axes.fill_between(moments, tops, 100, color=WARM, linewidth=0)
    axes.fill_between(moments, answered, tops, color=GRID, linewidth=0)
    axes.axvline(goal, color=INK, linewidth=1, linestyle=(0, (4, 3)))
    _written(axes, (0.6 * reach, answered[-1] / 2), f"answered: {answered[-1]:.0f} %", PAPER)
    if gone[-1] >= ROOM:
        _written(
            axes, (0.97 * reach, 100 - gone[-1] / 2), f"gave up: {gone[-1]:.0f} %", INK, "right"
        )
    beside = int(min(goal, reach / 2) + reach / 80)
    if tops[beside] - answered[beside] >= ROOM:
        _written(axes, (beside, (answered[beside] + tops[beside]) / 2), "still waiting", INK)
    if goal < reach:
        level = percent(report.total.service.service_level)
        _written(axes, (beside, answered[beside] / 4), f"{level} within {goal:g} s", PAPER)
    axes.set_ylim(0, 100)
    axes.set_xlim(0, reach)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f} %")
    axes.xaxis.set_major_formatter(lambda value, _: _clock(value))
    axes.xaxis.set_major_locator(_every(_tick(reach)))
    axes.set_xlabel("since the caller began to wait; who gave up at once is left out")
    axes.grid(visible=False)


def _written(
    axes: Any, place: tuple[float, float], text: str, colour: str, ha: str = "left"
) -> None:
    axes.annotate(text, place, color=colour, ha=ha, va="center", fontsize=10)


def _reach(report: Report) -> int:
    """Seconds after which hardly anybody waits any more; at least half a minute."""
    whole = sum(one.answered + one.abandoned for one in report.waits)
    passed = 0
    for one in report.waits:
        passed += one.answered + one.abandoned
        if passed >= SHOWN_WAITS * whole:
            return max(30, one.seconds)
    return 30


def _grown(report: Report, reach: int, part: Callable[[WaitBar], float]) -> list[float]:
    """The percentage reached within 0, 1, ... and `reach` seconds."""
    steps = {one.seconds: part(one) for one in report.waits}
    reached, found = 0.0, [0.0]
    for second in range(reach):
        reached += 100 * steps.get(second, 0.0)
        found.append(reached)
    return found


def _tick(span: float) -> int:
    return next((n for n in (5, 10, 20, 30, 60, 120, 300, 600, 1800) if span / n <= 11), 3600)


def _clock(value: float) -> str:
    return f"{int(value) // 60}:{int(value) % 60:02d}"


def _every(step: float) -> Any:
    from matplotlib.ticker import MultipleLocator

    return MultipleLocator(step)


def _funnel(report: Report, figure: Any) -> None:
    _title(figure, "Where calls came to, and where they ended")
    axes = figure.subplots()
    nodes = report.nodes[:MOST_NODES]
    whole = report.total.volume.calls or 1
    places = range(len(nodes))
    axes.barh(places, [100 * n.calls / whole for n in nodes], 0.72, color=PALE, label="calls there")
    ended = [100 * n.ended / whole for n in nodes]
    axes.barh(places, ended, 0.72, color=ACCENT, label="ended there")
    for place, node in zip(places, nodes, strict=True):
        note = f"{number(node.calls)}   {seconds(node.median)}   {percent(node.nomatch_rate)}"
        axes.annotate(
            note, (100 * node.calls / whole, place), (5, 0), textcoords="offset points",
            va="center", color=SOFT, fontsize=8,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
    axes.set_yticks(places, [drawable(node.node) for node in nodes])
    axes.set_ylim(max(0.5, len(nodes) - 0.4), -0.6)
    axes.set_xlim(0, 128)
    axes.set_xticks(range(0, 101, 20), [f"{n} %" for n in range(0, 101, 20)])
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.set_xlabel("of all calls; beside the bars: calls, median stay, nomatches a visit")
    axes.legend(loc="lower right", frameon=False)


CHARTS: Mapping[str, Draw] = {
    "volume": _volume,
    "service_level": _service,
    "waits": _waits,
    "funnel": _funnel,
}

# -- style -----------------------------------------------------------------------------------------


@contextmanager
def _style() -> Iterator[Any]:
    """matplotlib without a screen, in our style; gives pyplot."""
    try:
        import matplotlib
    except ImportError as error:
        raise SettingsError("charts need matplotlib: pip install 'ivr[report]'") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot

    rules: dict[Any, Any] = {
        "font.family": list(families()),
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": SOFT,
        "axes.edgecolor": SOFT,
        "axes.facecolor": PAPER,
        "figure.facecolor": PAPER,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "grid.color": GRID,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "xtick.major.pad": 6,
        "lines.linewidth": 1.6,
        "svg.hashsalt": "ivr",
        "text.parse_math": False,  # a name may hold a dollar sign
    }
    with matplotlib.rc_context(rules):
        yield pyplot


def _named(axes: Any, text: str) -> None:
    """What an upright axis measures, written level above it."""
    axes.set_title(text, loc="left", fontsize=9, color=SOFT, pad=5)


def _title(figure: Any, text: str) -> None:
    figure.suptitle(text, x=0.005, ha="left", fontsize=12.5, fontweight="bold", color=INK)


def _bytes(pyplot: Any, figure: Any, kind: str) -> bytes:
    out = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else None
    figure.savefig(out, format=kind, dpi=DOTS, metadata=metadata)
    pyplot.close(figure)
    return out.getvalue()
