"""The designer's guide: every flow in it is clean and can be called."""

import re
from pathlib import Path

import pytest

from ivr.dialogue.simulator import Simulator
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)


def name_of(block: str) -> str:
    """A block that is no flow says in its first line which file it is."""
    found = re.match(r"# (\S+\.yaml)", block)
    return found[1] if found else f"{re.search(r'flow: (.*)', block)[1]}.yaml"  # type: ignore[index]


TEXTS = {name_of(block): block for block in BLOCKS}
FLOWS, ISSUES = read_texts(TEXTS)


def test_the_guide_has_its_examples() -> None:
    assert list(FLOWS) == [
        "clinic", "cards", "appointment", "enquiry", "pharmacy", "hotline", "identify", "evening",
    ]  # fmt: skip
    assert FLOWS["pharmacy"].calendars["counter"].years.keys() == {2027}


def test_every_example_is_clean() -> None:
    assert [str(issue) for issue in ISSUES] == []


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_every_example_can_be_called(name: str) -> None:
    """A caller who says nothing at all is brought to an agent or let go."""
    call = Simulator(FlowBook(FLOWS, "guide"), name)
    call.start()
    call.until_end()
    assert call.state.failures == 0
    assert call.state.ended or call.transfer is not None


def talk(flow: str) -> Simulator:
    call = Simulator(FlowBook(FLOWS, "guide"), flow)
    call.start()
    return call


def test_the_appointment_is_made_by_voice_and_keys() -> None:
    call = talk("appointment")
    call.say("下 周 三")
    call.press("1")
    call.press("1530")
    call.say("城东")
    call.say("四 一 一 一 一 一 一 一 一 一 一 一")
    assert call.lines[-1].text == "已听到 12 位, 还差 4 位"
    call.press("1111")
    call.wait(5)
    call.say("需要")
    call.until_end()
    assert call.state.slots["day"] == "2026-01-14" and call.state.slots["hour"] == "15:30"
    assert call.state.slots["branch"] == "east" and call.state.slots["reminder"] is True
    assert call.lines[-1].text.endswith("下午三点半 城东支行 见。")


def test_a_message_in_the_evening() -> None:
    call = talk("evening")
    call.say("请给我 回电", seconds=3)
    call.press("#")
    call.until_end()
    assert call.lines[-1].text == "谢谢您的留言。" and call.state.slots["recording"]
