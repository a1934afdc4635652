"""Helpers for tests of the rehearsal room: the small clinic and short test files."""

from ivr.dialogue.exits import traced
from ivr.rehearsal.performance import Performance, perform, typed_stage
from ivr.rehearsal.script import Conversation
from ivr.rehearsal.script_reader import read_script
from tests.dialogue.talks import CLINIC

BOOK = traced(CLINIC)
HEAD = "flow: clinic\nconversations:\n  - name: one\n    steps:\n"


def script(*steps: str) -> str:
    """A test file with one conversation of these steps."""
    return HEAD + "".join(f"      - {step}\n" for step in steps)


def conversation(*steps: str) -> Conversation:
    (found,) = read_script(script(*steps), "one.yaml")
    return found


def played(*steps: str) -> Performance:
    one = conversation(*steps)
    return perform(one, typed_stage(BOOK, one))
