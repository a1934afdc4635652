"""Confirming: asks whether what was understood is right, before it counts."""

from typing import Any, Protocol

from ivr.dialogue import commands
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.state import Pending
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Band, Candidate, choose
from ivr.flow.defaults import ANSWER_KEYS, answer_phrases
from ivr.flow.nodes.base import AskingNode
from ivr.flow.nodes.collect import Collect
from ivr.flow.prompts import Prompt
from ivr.ports import Utterance


class Asker(Protocol):
    """Whoever has asked: what a yes, a no or a command then means."""

    def confirmed(self, talk: Talk, node: Any, pending: Pending) -> None: ...

    def nomatch(self, talk: Talk, node: Any, why: str, **facts: object) -> None: ...

    def command(self, talk: Talk, node: Any, name: str) -> None: ...


def question(talk: Talk, node: AskingNode) -> Prompt:
    """What the caller is asked about the pending answer."""
    pending = talk.state.pending
    if pending is not None and pending.name:
        return talk.flow.did_you_mean
    own = node.confirm if isinstance(node, Collect) else None
    return own or talk.flow.did_you_say


def grammar(talk: Talk, node: AskingNode) -> Grammar:
    answers = (phrase for answer in _answers(talk) for phrase in answer.phrases)
    return Grammar(talk.state.language, (*answers, *commands.phrases(talk)))


def _answers(talk: Talk) -> list[Candidate]:
    language = talk.state.language
    return [Candidate(name, answer_phrases(name, language)) for name in ANSWER_KEYS]


def take_key(asking: Asker, talk: Talk, node: AskingNode, key: str) -> None:
    for answer, usual in ANSWER_KEYS.items():
        if key == usual:
            talk.explain(f"key {key}: {answer}", how="key")
            _answered(asking, talk, node, answer)
            return
    command = commands.by_key(talk, key)
    if command:
        talk.explain(f"key {key}: command {command}", how="key")
        asking.command(talk, node, command)
    else:
        asking.nomatch(talk, node, f"nomatch: key {key} is neither yes nor no")


def take_speech(asking: Asker, talk: Talk, node: AskingNode, utterance: Utterance) -> None:
    candidates = _answers(talk) + commands.candidates(talk)
    match = choose(utterance, candidates, reject=node.input.reject, accept=node.input.accept)
    name = match.name
    if name.startswith(commands.PREFIX):
        talk.explain(match.why, **match.facts)
        asking.command(talk, node, name.removeprefix(commands.PREFIX))
    elif match.band is not Band.ACCEPT:
        asking.nomatch(talk, node, match.why, **match.facts)
    else:
        talk.explain(match.why, **match.facts)
        _answered(asking, talk, node, name)


def _answered(asking: Asker, talk: Talk, node: AskingNode, answer: str) -> None:
    pending = talk.state.pending
    if pending is None:
        return
    talk.change(pending=None)
    if answer == "yes":
        asking.confirmed(talk, node, pending)
    else:
        asking.nomatch(talk, node, "nomatch: the caller said that it was not right")
