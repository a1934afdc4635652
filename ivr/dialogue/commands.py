"""Commands: what a caller may say or press at any question."""

from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Candidate
from ivr.flow.nodes.base import AskingNode

PREFIX = "command:"
"""Marks a candidate as a command rather than a choice."""


def candidates(talk: Talk) -> list[Candidate]:
    """The commands that make sense here, as things the caller may mean."""
    language = talk.state.language
    node = talk.node
    return [
        Candidate(PREFIX + command.name, command.phrases.get(language, ()))
        for command in talk.flow.commands
        if command.name != "help" or (isinstance(node, AskingNode) and node.help)
    ]


def phrases(talk: Talk) -> tuple[str, ...]:
    return tuple(phrase for candidate in candidates(talk) for phrase in candidate.phrases)


def by_key(talk: Talk, key: str) -> str:
    """The name of the command on this key, or nothing."""
    return next((c.name for c in talk.flow.commands if c.key == key), "")


def obey(talk: Talk, name: str) -> bool:
    """Carry out a command; True if the present question is to be put again."""
    command = talk.flow.command(name)
    if command is None or name == "repeat":
        return True
    if command.language:
        talk.explain(f"language: {command.language}")
        talk.change(language=command.language)
    if name == "back" and command.goto is None:
        return not _back(talk)
    if command.goto is None:
        return True
    if name == "main_menu":
        talk.go(command.goto.node, remember=False)
        talk.change(trail=())
    else:
        talk.go(command.goto.node)
    return False


def _back(talk: Talk) -> bool:
    """Return to the question before this one, if there was one."""
    if not talk.state.trail:
        return False
    *rest, last = talk.state.trail
    talk.change(trail=tuple(rest))
    talk.go(last, remember=False)
    return True
