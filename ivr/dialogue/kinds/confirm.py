"""Confirm: takes yes or no, by key or by voice."""

from ivr.dialogue import commands
from ivr.dialogue.candidates import Candidate, PhraseSet
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Band, choose
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.confirm import Confirm
from ivr.ports import Utterance


class ConfirmBehaviour(Asking[Confirm]):
    def grammar(self, talk: Talk, node: Confirm) -> Grammar:
        language, said = talk.state.language, _answers(talk, node)

        def make() -> Grammar:
            return Grammar(language, tuple(dict.fromkeys(said.phrases)))

        return talk.once(make, "confirm grammar", said)

    def take_key(self, talk: Talk, node: Confirm, key: str) -> None:
        answer = next((answer for answer in (node.yes, node.no) if answer.key == key), None)
        command = commands.by_key(talk, key)
        if answer is not None:
            talk.explain(f"key {key}: {answer.name}", how="key", answer=answer.name)
            _take(talk, answer)
        elif command:
            talk.explain(f"key {key}: command {command}", how="key")
            self.command(talk, node, command)
        else:
            self.nomatch(talk, node, f"nomatch: key {key} is neither yes nor no")

    def take_speech(self, talk: Talk, node: Confirm, utterance: Utterance) -> None:
        answers = {answer.name: answer for answer in (node.yes, node.no)}
        match = choose(
            utterance,
            _answers(talk, node),
            reject=node.input.reject,
            accept=node.input.accept,
        )
        if match.name.startswith(commands.PREFIX):
            talk.explain(match.why, **match.facts)
            self.command(talk, node, match.name.removeprefix(commands.PREFIX))
        elif match.band is not Band.ACCEPT:
            # An unsure yes or no cannot be asked about by another yes or no.
            self.nomatch(talk, node, match.why, **match.facts)
        else:
            talk.explain(match.why, answer=match.name, **match.facts)
            _take(talk, answers[match.name])


def _answers(talk: Talk, node: Confirm) -> PhraseSet:
    """Yes, no and the commands."""
    said = commands.phrase_set(talk)
    language = talk.state.language

    def make() -> PhraseSet:
        own = (Candidate(a.name, a.phrases.get(language, ())) for a in (node.yes, node.no))
        return PhraseSet((*own, *said.candidates))

    return talk.once(make, "confirm", node.name, said)


def _take(talk: Talk, answer: Choice) -> None:
    if answer.language:
        talk.change(language=answer.language)
    talk.go(answer.goto.node)
