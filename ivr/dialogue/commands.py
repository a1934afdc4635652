"""Commands: what a caller may say or press at any question."""

from ivr.dialogue.candidates import Candidate, PhraseSet
from ivr.dialogue.talk import Talk
from ivr.flow.model import Command
from ivr.flow.nodes.base import AskingNode

PREFIX = "command:"
"""Marks a candidate as a command rather than a choice."""


def in_force(talk: Talk) -> tuple[tuple[int, Command], ...]:
    """The flow's commands, then those of the flows around it that it does not name itself.

    The number tells in which flow a command stands: 0 for the outermost.
    """
    return talk.once(lambda: _in_force(talk), "commands")


def _in_force(talk: Talk) -> tuple[tuple[int, Command], ...]:
    flows = [talk.book.flow(frame.flow) for frame in talk.state.frames] + [talk.flow]
    found: dict[str, tuple[int, Command]] = {}
    for depth in range(len(flows) - 1, -1, -1):
        for command in flows[depth].commands:
            found.setdefault(command.name, (depth, command))
    return tuple(found.values())


def candidates(talk: Talk) -> tuple[Candidate, ...]:
    """The commands that make sense here, as things the caller may mean."""
    return phrase_set(talk).candidates


def phrase_set(talk: Talk) -> PhraseSet:
    """The commands that make sense here, ready to be compared with what is said."""
    node, language = talk.node, talk.state.language
    helped = isinstance(node, AskingNode) and node.help is not None
    return talk.once(lambda: _phrase_set(talk, helped), "command phrases", language, helped)


def _phrase_set(talk: Talk, helped: bool) -> PhraseSet:
    language = talk.state.language
    return PhraseSet(
        Candidate(PREFIX + command.name, command.phrases.get(language, ()))
        for _, command in in_force(talk)
        if command.name != "help" or helped
    )


def phrases(talk: Talk) -> tuple[str, ...]:
    return phrase_set(talk).phrases


def by_key(talk: Talk, key: str) -> str:
    """The name of the command on this key, or nothing."""
    return next((c.name for _, c in in_force(talk) if c.key == key), "")


def leads_on(talk: Talk, name: str) -> bool:
    """Whether a command leads to a node of its own."""
    return any(c.name == name and c.goto is not None for _, c in in_force(talk))


def obey(talk: Talk, name: str) -> bool:
    """Carry out a command; True if the present question is to be put again."""
    found = next(((d, c) for d, c in in_force(talk) if c.name == name), None)
    if found is None or name == "repeat":
        return True
    depth, command = found
    if command.language:
        talk.explain(f"language: {command.language}")
        talk.change(language=command.language)
    if name == "back" and command.goto is None:
        return not _back(talk)
    if command.goto is None:
        return True
    unwind(talk, depth)
    if name == "main_menu":
        talk.go(command.goto.node, remember=False)
        talk.change(trail=())
    else:
        talk.go(command.goto.node)
    return False


def unwind(talk: Talk, depth: int) -> None:
    """Leave subflows until `depth` flows are around us; what they learned is not lost."""
    frames = talk.state.frames
    if depth < len(frames):
        frame = frames[depth]
        learned = {**talk.state.slots}
        for inner in reversed(frames[depth:]):
            learned |= inner.slots
        talk.change(
            flow=frame.flow, node=frame.node, slots=learned, trail=frame.trail,
            frames=frames[:depth],
        )  # fmt: skip


def to_operator(talk: Talk) -> bool:
    """Go to the operator; False if no flow around here has one."""
    for depth, command in in_force(talk):
        if command.name == "operator" and command.goto is not None:
            unwind(talk, depth)
            talk.go(command.goto.node)
            return True
    return False


def _back(talk: Talk) -> bool:
    """Return to the question before this one, if there was one."""
    if not talk.state.trail:
        return False
    *rest, last = talk.state.trail
    talk.change(trail=tuple(rest))
    talk.go(last, remember=False)
    return True
