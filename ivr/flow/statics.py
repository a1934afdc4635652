"""Statics: everything a book says that is the same in every call, to be rendered beforehand."""

from collections.abc import Iterator

from ivr.flow.model import FlowBook
from ivr.flow.prompt import PromptSegment


def static_segments(book: FlowBook) -> Iterator[PromptSegment]:
    """Each segment once per language and recording name, in the order of the files.

    A recording is named `<flow>.<node>.<prompt>` (`bank.main.prompt`, `bank.main.noinput.1`,
    `bank.main.balance.label`), with `.1`, `.2` for the pieces between blanks.
    """
    seen: set[tuple[str, str]] = set()
    for flow in book:
        for prompt in flow.prompts.values():
            for segment in prompt.statics:
                key = (segment.recording, segment.language)
                if key not in seen:
                    seen.add(key)
                    yield segment
