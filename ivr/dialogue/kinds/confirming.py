"""Confirming: asks whether what was understood is right, before it counts."""

from typing import Any, Protocol

from ivr.dialogue import commands
from ivr.dialogue.candidates import Candidate, PhraseSet
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.state import Pending
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Band, choose
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

    def declined(self, talk: Talk, node: Any) -> None: ...


def question(talk: Talk, node: AskingNode) -> Prompt:
    """What the caller is asked about the pending answer."""
    pending = talk.state.pending
    if pending is not None and pending.name:
        return talk.flow.follow_up if pending.asked else talk.flow.did_you_mean
    own = node.confirm if isinstance(node, Collect) else None
    return own or talk.flow.did_you_say


def grammar(talk: Talk, node: AskingNode) -> Grammar:
    language, said = talk.state.language, _answers(talk)
    return talk.once(lambda: Grammar(language, said.phrases), "answer grammar", said)


def _answers(talk: Talk) -> PhraseSet:
    """Yes, no and the commands."""
    said = commands.phrase_set(talk)
    language = talk.state.language

    def make() -> PhraseSet:
        own = (Candidate(name, answer_phrases(name, language)) for name in ANSWER_KEYS)
        return PhraseSet((*own, *said.candidates))

    return talk.once(make, "answers", said)


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
    match = choose(utterance, _answers(talk), reject=node.input.reject, accept=node.input.accept)
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
    elif pending.name and pending.asked:
        asking.declined(talk, node)
    else:
        asking.nomatch(talk, node, "nomatch: the caller said that it was not right")
