"""`ivr report`: what the calls of a stretch of time come to."""

import csv
import json
import sys
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from ivr.cli.options import SettingsFile
from ivr.cli.record import opened_record
from ivr.errors import SettingsError, StoreError
from ivr.server.settings import load_settings

if TYPE_CHECKING:
    from ivr.report.figures import Report


class By(StrEnum):
    """What the table of periods goes by."""

    HOUR = "hour"
    DAY = "day"


def report(
    since: Annotated[str, typer.Option(help="First moment: 2026-11-01 or 2026-11-01T08:00.")] = "",
    until: Annotated[str, typer.Option(help="End, not included; now otherwise.")] = "",
    last: Annotated[str, typer.Option(help="So long before the end: 24h, 7d, 4w.")] = "",
    queue: Annotated[str, typer.Option(help="Only calls that came to this queue.")] = "",
    by: Annotated[By, typer.Option(help="Table by hour of the day, or by day.")] = By.HOUR,
    zone: Annotated[str, typer.Option(help="Time zone, such as Asia/Shanghai.")] = "",
    goal: Annotated[float, typer.Option(min=0, max=3600, help="In time: seconds.")] = 20.0,
    target: Annotated[float, typer.Option(min=0, max=100, help="Wanted in time: %.")] = 80.0,
    short: Annotated[float, typer.Option(min=0, max=60, help="Gave up at once: seconds.")] = 5.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="One long table on stdout.")] = False,
    chart: Annotated[
        Path | None, typer.Option(help="Write all charts on one sheet: FILE.svg or FILE.png.")
    ] = None,
    charts: Annotated[
        Path | None, typer.Option(help="Write each chart into this folder, as SVG and PNG.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write one page to read or print.")] = None,
    record: Annotated[str, typer.Option(help="Another record: a database URL.")] = "",
    settings_file: SettingsFile = None,
) -> None:
    """Volume, service level, abandonment, handling time, containment, and the way through menus.

    The last seven days unless told otherwise; docs/report.md defines every figure.
    """
    from ivr.report.making import make_report
    from ivr.report.tallies import Rules
    from ivr.report.window import window_of, zone_of

    if as_json and as_csv:
        raise SettingsError("--json and --csv are two ways to print the same: give one")
    if chart is not None and chart.suffix not in (".svg", ".png"):
        raise SettingsError(f"--chart {chart}: expected a name that ends in .svg or .png")
    settings = load_settings(settings_file)
    window = window_of(since, until, last, time.time(), zone_of(zone))
    rules = Rules(goal, target / 100, short, settings.asterisk.wrap_up_seconds)
    if record:
        settings = replace(settings, record=replace(settings.record, url=record))
    with opened_record(settings) as engine:
        figures = make_report(engine, window, rules, queue)
    if queue and queue not in figures.queues:
        Console(stderr=True).print(f"nobody waited in a queue named {queue}", markup=False)
    _print(figures, by, as_json, as_csv)
    _draw(figures, chart, charts, html)


def _print(figures: "Report", by: By, as_json: bool, as_csv: bool) -> None:
    from ivr.report.plain import HEADING, plain, rows
    from ivr.report.text import lines

    if as_json:
        print(json.dumps(plain(figures), ensure_ascii=False, indent=2))
    elif as_csv:
        table = csv.writer(sys.stdout)
        table.writerow(HEADING)
        table.writerows(rows(figures))
    else:
        print("\n".join(lines(figures, by)))


def _draw(figures: "Report", chart: Path | None, charts: Path | None, html: Path | None) -> None:
    if chart is None and charts is None and html is None:
        return
    from ivr.report.charts import write_charts, write_sheet
    from ivr.report.page import write_page

    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        if chart is not None:
            write_sheet(figures, chart)
            screen.print(f"{chart} written", style="dim", markup=False)
        if charts is not None:
            for path in write_charts(figures, charts):
                screen.print(f"{path} written", style="dim", markup=False)
        if html is not None:
            write_page(figures, html)
            screen.print(f"{html} written", style="dim", markup=False)
    except OSError as error:
        where = error.filename or chart or charts or html
        raise StoreError(f"{where}: cannot be written: {error.strerror}") from error
