"""The page: opened in a real browser it asks for nothing, fits, and shows its charts."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.report.page import page, write_page
from tests.browser import browser, find_chromium
from tests.report.test_text import small_report

pytest.importorskip("matplotlib", reason="charts need matplotlib (the extra 'report')")


def test_names_are_escaped() -> None:
    report = replace(small_report(), languages={"<script>alert(1)</script>": 3}, queue='"><b>')
    text = page(report)
    assert "<script" not in text and "<b>" not in text
    assert "&lt;script&gt;" in text


def test_it_names_nothing_outside() -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page(small_report()))


async def test_in_a_browser(tmp_path: Path) -> None:
    program = find_chromium()
    if program is None:
        pytest.skip("no Chromium is installed")
    path = tmp_path / "report.html"
    write_page(small_report(), path)
    async with browser(program) as tab:
        await tab.open(path)
        images = "[...document.images]"
        assert await tab.until(f"{images}.every(i => i.complete)")
        assert await tab.run(f"{images}.map(i => i.naturalWidth > 400)") == [True] * 4
        assert await tab.run("document.querySelectorAll('table').length") >= 6
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await tab.run(wide) == 0
        assert "查询余额" in await tab.run("document.body.innerText")
        asked = [one for one in tab.requests if not one.startswith("data:")]
        assert asked in ([path.as_uri()], [])
        assert tab.errors == []
