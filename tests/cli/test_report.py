"""`ivr report` and `ivr bench report`, as processes and as a verb."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.errors import IvrError, SettingsError
from ivr.report.filling import fill
from ivr.report.generated import generate
from ivr.report.window import window_of, zone_of
from ivr.store.database import default_url, open_database

RANGE = ["--since", "2026-11-02", "--until", "2026-11-05", "--zone", "Asia/Shanghai"]


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A record with three days of generated calls."""
    url = default_url(tmp_path_factory.mktemp("record"))
    engine = open_database(url)
    window = window_of("2026-11-02", "2026-11-05", "", 0.0, zone_of("Asia/Shanghai"))
    fill(engine, generate(3, 600, window), lambda number: None)
    engine.dispose()
    return url


def told(record: str, *options: str) -> str:
    result = CliRunner().invoke(app, ["report", *RANGE, "--record", record, *options])
    if isinstance(result.exception, IvrError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_text_json_and_csv_agree(record: str) -> None:
    found = json.loads(told(record, "--json"))
    assert found["total"]["calls"] == 600
    assert sum(day["calls"] for day in found["days"].values()) == 600
    rows = list(csv.DictReader(io.StringIO(told(record, "--csv"))))
    (calls,) = [row for row in rows if row["table"] == "total" and row["figure"] == "calls"]
    assert calls["value"] == "600"
    level = f"{100 * found['total']['service_level']:.1f} %"
    assert level in told(record, "--by", "day")


def test_a_process_keeps_stdout_for_the_figures(record: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="charts need matplotlib (the extra 'report')")
    page, sheet = tmp_path / "report.html", tmp_path / "sheet.svg"
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "report", *RANGE, "--record", record, "--json",
         "--html", str(page), "--chart", str(sheet)],
        capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["total"]["calls"] == 600
    assert "report.html written" in done.stderr
    assert page.stat().st_size > 10_000 and sheet.stat().st_size > 10_000


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--json", "--csv"], "give one"),
        (["--chart", "chart.gif"], r"ends in \.svg or \.png"),
        (["--last", "1d"], "give one"),
    ],
)
def test_options_that_make_no_sense(record: str, options: list[str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        told(record, *options)


def test_a_file_that_cannot_be_written(record: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="charts need matplotlib (the extra 'report')")
    with pytest.raises(IvrError, match="cannot be written"):
        told(record, "--html", str(tmp_path / "none" / "report.html"))


def test_the_benchmark_measures_what_it_says(tmp_path: Path) -> None:
    options = ["--calls", "300", "--runs", "1", "--json", "--keep", str(tmp_path / "kept.sqlite3")]
    result = CliRunner().invoke(app, ["bench", "report", *options])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["calls"] == 300 and found["visits"] > 900 and found["waits"] > 50
    assert found["report_s"][0]["cpu"] > 0 and found["report_s"][0]["wall"] < 100
    assert (tmp_path / "kept.sqlite3").is_file()


def test_the_benchmark_tells_people(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["bench", "report", "--calls", "50", "--runs", "1"])
    assert result.exit_code == 0, result.output
    assert "50 calls" in result.stdout and "ivr report --html:" in result.stdout
