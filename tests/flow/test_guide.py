"""The designer's guide: every flow in it is clean and can be called."""

import re
from pathlib import Path

import pytest

from ivr.dialogue.simulator import Simulator
from ivr.flow.library import read_texts
from ivr.flow.model import FlowBook

GUIDE = (Path(__file__).resolve().parents[2] / "docs" / "flows.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
TEXTS = {f"{re.search(r'flow: (.*)', block)[1]}.yaml": block for block in BLOCKS}  # type: ignore[index]
FLOWS, ISSUES = read_texts(TEXTS)


def test_the_guide_has_its_examples() -> None:
    assert list(FLOWS) == ["clinic", "cards", "enquiry", "pharmacy", "hotline", "identify"]


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
