"""Charts: real files, Chinese names, and the machine without fonts or matplotlib."""

import builtins
import logging
import warnings
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ivr.errors import SettingsError
from ivr.report import charts, fonts
from ivr.report.charts import CHARTS, chart, write_charts, write_sheet
from ivr.report.figures import Report
from tests.report.test_text import WINDOW, small_report

pytest.importorskip("matplotlib", reason="charts need matplotlib (the extra 'report')")

PNG = b"\x89PNG\r\n\x1a\n"
SVG = "{http://www.w3.org/2000/svg}svg"


def test_every_chart_is_written_twice(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a glyph that no font has is a warning
        paths = list(write_charts(small_report(), tmp_path / "new"))
    assert {path.name for path in paths} == {
        f"{name}.{kind}" for name in CHARTS for kind in ("svg", "png")
    }
    for path in paths:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(PNG)
        else:
            assert ElementTree.fromstring(path.read_bytes()).tag == SVG


def test_one_sheet(tmp_path: Path) -> None:
    write_sheet(small_report(), tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize("name", CHARTS)
def test_no_calls_are_drawn_too(name: str) -> None:
    assert ElementTree.fromstring(chart(Report(WINDOW), name, "svg")).tag == SVG


def test_no_line_runs_through_the_name_of_the_goal() -> None:
    with charts._style() as pyplot:
        figure = pyplot.figure(figsize=charts.SIZE, layout="constrained")
        CHARTS["service_level"](small_report(), figure)
        figure.canvas.draw()
        above = figure.axes[0]
        (goal,) = (text for text in above.texts if "80 %" in text.get_text())
        box, drawn, page = goal.get_window_extent(), above.get_window_extent(), figure.bbox
        pyplot.close(figure)
    assert drawn.x1 < box.x0 and box.x1 <= page.x1


def test_the_same_report_gives_the_same_bytes() -> None:
    assert chart(small_report(), "funnel", "svg") == chart(small_report(), "funnel", "svg")


def test_without_a_chinese_font_names_are_spelt(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fonts, "families", lambda: (fonts.LATIN,))
    monkeypatch.setattr(charts, "families", lambda: (fonts.LATIN,))
    assert fonts.drawable("查询余额") == "cha xun yu e"
    assert fonts.drawable("VIP客户 2") == "VIP ke hu 2"
    assert fonts.drawable("main_menu") == "main_menu"
    assert fonts.drawable("grüße") == "grüße"
    assert fonts.drawable("ok 🀀") == "ok ?" or "🀀" in fonts.drawable("ok 🀀")
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        chart(small_report(), "funnel", "png")
    assert not caplog.records


def test_with_a_chinese_font_names_stay() -> None:
    if len(fonts.families()) == 1:
        pytest.skip("no Chinese font is installed")
    assert fonts.drawable("查询余额") == "查询余额"


def test_without_matplotlib_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SettingsError, match=r"pip install 'ivr\[report\]'"):
        chart(small_report(), "volume", "png")
