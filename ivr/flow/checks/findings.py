"""What all checks share: how a finding is written, and where a prompt belongs."""

from collections.abc import Iterator

from ivr.flow.issues import Issue, Place, Severity
from ivr.flow.model import Flow
from ivr.flow.nodes.base import Node
from ivr.flow.nodes.menu import Menu
from ivr.flow.prompts import Blank, Prompt, Text


def finding(
    code: str, place: Place, message: str, node: str = "", hint: str = "", *, error: bool = False
) -> Issue:
    severity = Severity.ERROR if error else Severity.WARNING
    return Issue(code, severity, place.file, place.line, place.column, node, message, hint)


def own_prompts(flow: Flow) -> Iterator[tuple[str, Prompt]]:
    """Every prompt of a flow with its node ("" for the flow's own); labels and whispers too."""
    for path, prompt in flow.prompts.items():
        parts = path.split(".")[1:-1]
        whole, first = ".".join(parts[:2]), "".join(parts[:1])  # a form's parts are nodes too
        yield (whole if whole in flow.nodes else first if first in flow.nodes else ""), prompt


def spoken(prompt: Prompt, language: str) -> str:
    """The wording in one language; a blank stands as its name in braces."""
    parts = prompt.wordings.get(language, ())
    return " ".join(part.text if isinstance(part, Text) else _braced(part) for part in parts)


def _braced(blank: Blank) -> str:
    return "{" + blank.slot + "}"


def mentioned(node: Node) -> tuple[Prompt, ...]:
    """What a menu says after its prompt to mention choices, for a caller it knows nothing of."""
    if not isinstance(node, Menu):
        return ()
    said = [choice.say for choice in node.choices if choice.say is not None]
    return tuple(said[: node.mention or None])


def is_label(prompt: Prompt) -> bool:
    return prompt.name.endswith(".label")


def is_whisper(prompt: Prompt) -> bool:
    return prompt.name.endswith(".whisper")
