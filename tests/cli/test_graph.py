"""`ivr graph`: the page works in a real browser, asks the network for nothing, and shows faults."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from ivr.cli.graph import Format, picture
from ivr.cli.main import app
from ivr.flow.checks.every import check_flows
from ivr.flow.library import read_path, read_texts
from tests.browser import browser, find_chromium

ROOT = Path(__file__).resolve().parents[2]
CLINIC = ROOT / "tests" / "dialogue" / "data" / "clinic.yaml"
HOSTILE = """\
flow: f
languages: [zh]
start: a
nodes:
  a: {kind: say, prompt: "</script><script>document.title='taken'</script>@data@", goto: b}
  b: {kind: say, prompt: "<img src=x onerror=alert(1)> & \\"quoted\\"", goto: a}
"""


def page_of(text: str, folder: Path) -> Path:
    flows, read = read_texts({"f.yaml": text})
    path = folder / "page.html"
    path.write_text(picture(Format.HTML, flows, check_flows(flows, read)), encoding="utf-8")
    return path


@pytest.fixture
def chromium() -> str:
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium here: install Debian's chromium, or name one in IVR_CHROMIUM")
    return found


async def test_the_page_in_a_real_browser(chromium: str, tmp_path: Path) -> None:
    path = page_of(CLINIC.read_text(encoding="utf-8"), tmp_path)
    async with browser(chromium) as page:
        await page.open(path)
        assert await page.run("document.querySelectorAll('.card').length") == 10

        await page.click('[data-node="clinic.main"] text')
        assert await page.run("document.querySelector('#details h2').textContent") == "main"
        shown = await page.run("document.querySelector('#details').innerText")
        assert "挂号请按 1, 取消请按 2" in shown and "to book press 1" in shown
        assert "预约门诊" in shown and "book an appointment" in shown
        assert await page.run("document.querySelectorAll('.line.lit').length") >= 3

        await page.click("#details .exit")
        await page.until("document.querySelector('#details h2').textContent === 'number'")

        await page.run("document.querySelector('#search').focus()")
        await page.type("化验单")
        await page.until("document.querySelector('#count').textContent === '2 of 10 nodes'")
        assert await page.run("document.querySelectorAll('.card.dim').length") == 8
        await page.press("Enter")
        assert await page.run("document.querySelector('#details h2').textContent") in (
            "main", "hidden",
        )  # fmt: skip
        await page.press("Escape")
        await page.until("document.querySelectorAll('.card.dim').length === 0")

        before = await page.run("document.querySelector('#stage svg').getAttribute('viewBox')")
        await page.wheel(400, 400, -300)
        await page.until(
            f"document.querySelector('#stage svg').getAttribute('viewBox') !== {before!r}"
        )
        zoomed = await page.run("document.querySelector('#stage svg').getAttribute('viewBox')")
        assert float(zoomed.split()[2]) < float(before.split()[2])
        await page.drag(400, 400, 80, 30)
        dragged = await page.run("document.querySelector('#stage svg').getAttribute('viewBox')")
        assert float(dragged.split()[0]) < float(zoomed.split()[0])

        assert page.errors == []
        assert {address.split(":")[0] for address in page.requests} <= {"file", "data"}


async def test_no_two_texts_overlap_and_none_leaves_its_card(chromium: str, tmp_path: Path) -> None:
    path = page_of(CLINIC.read_text(encoding="utf-8"), tmp_path)
    script = """(() => {
      const bad = [];
      for (const card of document.querySelectorAll('.card')) {
        const edge = card.querySelector('.edge').getBoundingClientRect();
        const texts = [...card.querySelectorAll('text')].map(
          (t) => [t.textContent, t.getBoundingClientRect()]);
        for (const [text, box] of texts) {
          const badge = text.length <= 2;
          if (box.left < edge.left - 1 || (box.right > edge.right + 1 && !badge))
            bad.push(['out', text]);
        }
        for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
          const [a, b] = [texts[i][1], texts[j][1]];
          const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          if (wide > 1.5 && high > a.height * 0.5) bad.push(['over', texts[i][0], texts[j][0]]);
        }
      }
      return bad;
    })()"""
    async with browser(chromium) as page:
        await page.open(path)
        assert await page.run(script) == []


async def test_nothing_in_a_flow_can_run_in_the_page(chromium: str, tmp_path: Path) -> None:
    path = page_of(HOSTILE, tmp_path)
    async with browser(chromium) as page:
        await page.open(path, "f.a")
        assert await page.run("document.title") == "flow"
        said = await page.run("document.querySelector('#details').innerText")
        assert "</script><script>document.title='taken'</script>@data@" in said
        await page.click('[data-node="f.b"] text')
        assert await page.run("document.querySelectorAll('#details img').length") == 0
        assert "an endless loop" in await page.run("document.body.textContent")
        assert page.errors == []


def test_the_page_holds_no_address(tmp_path: Path) -> None:
    text = page_of(CLINIC.read_text(encoding="utf-8"), tmp_path).read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^\"' )]+", text)) <= {"http://www.w3.org/2000/svg"}


def test_svg_is_xml_and_marks_faults() -> None:
    flows, read = read_texts({"f.yaml": HOSTILE})
    text = picture(Format.SVG, flows, check_flows(flows, read))
    ElementTree.fromstring(text)
    assert "#cf3d3d" in text  # the endless loop


def test_the_command_writes_every_format(tmp_path: Path) -> None:
    for name, begins in (("a.svg", "<svg"), ("a.mmd", "flowchart LR"), ("a.html", "<!doctype")):
        result = CliRunner().invoke(app, ["graph", str(CLINIC), "-o", str(tmp_path / name)])
        assert result.exit_code == 0, result.output
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
        assert "9 nodes" in result.output


def test_the_language_of_the_picture() -> None:
    flows, _ = read_path(CLINIC)
    assert "booking" in picture(Format.SVG, flows, (), "en")
    assert "挂号" in picture(Format.SVG, flows, (), "zh")


def test_the_page_carries_its_data() -> None:
    flows, _ = read_path(CLINIC)
    text = picture(Format.HTML, flows, ())
    found = re.search(r'<script id="data"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found
    assert {node["name"] for node in json.loads(found[1])} >= set(flows["clinic"].nodes)
