"""Asking: how every question is put, waited for, asked again and given up."""

from dataclasses import replace
from typing import TypeVar

from ivr.dialogue import commands
from ivr.dialogue.actions import Endpointing, Listen
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds import confirming
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Pending, Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.input_settings import InputSettings
from ivr.flow.nodes.base import AskingNode, Ladder
from ivr.flow.prompts import Prompt
from ivr.ports import Utterance

LOST_TURN_SECONDS = 5.0
"""How long after the longest turn a `Heard` may still come."""

A = TypeVar("A", bound=AskingNode)


class Asking(Behaviour[A]):
    """The shared half of menu, collect and confirm; they say what may be answered."""

    # -- what a kind decides -----------------------------------------------------------------

    def grammar(self, talk: Talk, node: A) -> Grammar:
        """What may be said in answer."""
        raise NotImplementedError

    def take_key(self, talk: Talk, node: A, key: str) -> None:
        raise NotImplementedError

    def take_speech(self, talk: Talk, node: A, utterance: Utterance) -> None:
        raise NotImplementedError

    def question(self, talk: Talk, node: A) -> tuple[Prompt, ...]:
        """What is said to ask, one prompt after another."""
        return (node.prompt,)

    def keys_ended(self, talk: Talk, node: A) -> None:
        """The interdigit timer ran out."""

    def confirmed(self, talk: Talk, node: A, pending: Pending) -> None:
        """The caller said yes to what had been understood."""

    def declined(self, talk: Talk, node: A) -> None:
        """The caller said no to what was offered: the question itself is asked."""
        talk.explain("the caller does not want what was offered")
        self.ask(talk, node, *self.question(talk, node))

    # -- asking ------------------------------------------------------------------------------

    def entered(self, talk: Talk, node: A) -> None:
        talk.wait(Waiting.INPUT)
        if talk.state.typed and (node.input.bargein or not talk.state.saying):
            talk.hush()
            self._take_typed(talk, node)
        else:
            self.ask(talk, node, *self.question(talk, node))

    def ask(self, talk: Talk, node: A, *prompts: Prompt | None) -> None:
        """Put a question; listening begins at once if the caller may interrupt it."""
        talk.change(timer=0, keys="")
        said = talk.say(*prompts)
        if node.input.bargein or not said:
            self.listen(talk, node)
        else:
            talk.stop_listening()
        if not talk.state.saying:
            talk.set_timer(node.input.timeout)

    def listen(self, talk: Talk, node: A) -> None:
        """Listen for an answer, unless only keys count here."""
        if talk.state.keypad_only or not node.input.speech:
            talk.stop_listening()
            return
        pending = talk.state.pending
        grammar = confirming.grammar(talk, node) if pending else self.grammar(talk, node)
        if not grammar.vocabulary:  # which would mean open dictation
            talk.stop_listening()
            return
        if not pending and (hints := node.input.hints.get(talk.state.language)):
            known = dict.fromkeys((*grammar.phrases, *hints))
            grammar = replace(grammar, phrases=tuple(known))
        talk.change(listening=True, speaking=False)
        talk.do(Listen(grammar, _endpointing(node.input)))

    # -- what happens ------------------------------------------------------------------------

    def prompt_ended(self, talk: Talk, node: A) -> None:
        if talk.state.speaking or talk.state.keys:
            return
        if talk.state.typed:
            self._take_typed(talk, node)
            return
        if not talk.state.listening:
            self.listen(talk, node)
        talk.set_timer(node.input.timeout)

    def key(self, talk: Talk, node: A, key: str) -> None:
        if talk.state.saying and not node.input.bargein:
            talk.type_ahead(key)
            return
        talk.hush()
        if talk.state.speaking:
            talk.stop_listening()
        talk.change(timer=0)
        if talk.state.pending:
            confirming.take_key(self, talk, node, key)
        else:
            self.take_key(talk, node, key)
        self._settle(talk, node)

    def speech_began(self, talk: Talk, node: A) -> None:
        talk.hush()
        talk.change(speaking=True)
        talk.set_timer(node.input.max_seconds + LOST_TURN_SECONDS)

    def heard(self, talk: Talk, node: A, utterance: Utterance) -> None:
        talk.hush()
        talk.change(speaking=False, timer=0)
        if talk.state.pending:
            confirming.take_speech(self, talk, node, utterance)
        else:
            self.take_speech(talk, node, utterance)
        self._settle(talk, node)

    def timer_rang(self, talk: Talk, node: A) -> None:
        if talk.state.speaking:
            talk.stop_listening()
            self.nomatch(talk, node, "nomatch: the turn never ended")
        elif talk.state.keys:
            self.keys_ended(talk, node)
        else:
            self.noinput(talk, node)
        self._settle(talk, node)

    def _take_typed(self, talk: Talk, node: A) -> None:
        """Answer with keys pressed ahead, as far as this question needs them."""
        while talk.state.typed and not talk.leaving and not talk.state.saying:
            key, rest = talk.state.typed[0], talk.state.typed[1:]
            talk.change(typed=rest)
            self.key(talk, node, key)
        if not talk.leaving:
            talk.change(typed="")

    def _settle(self, talk: Talk, node: A) -> None:
        """A question that still stands waits for something."""
        if talk.leaving or talk.state.saying or talk.state.timer:
            return
        if not talk.state.listening and not talk.state.keys:
            self.listen(talk, node)
        talk.set_timer(node.input.timeout)

    # -- when it goes wrong ------------------------------------------------------------------

    def noinput(self, talk: Talk, node: A) -> None:
        count = talk.state.noinputs + 1
        talk.change(noinputs=count)
        talk.explain(f"noinput {count}: silence for {node.input.timeout:g} s", noinput=count)
        self._climb(talk, node, node.noinput, count, "noinput")

    def nomatch(self, talk: Talk, node: A, why: str, **facts: object) -> None:
        count = talk.state.nomatches + 1
        talk.change(nomatches=count, keys="")
        talk.explain(why, nomatch=count, **facts)
        self._climb(talk, node, node.nomatch, count, "nomatch")

    def _climb(self, talk: Talk, node: A, ladder: Ladder, count: int, name: str) -> None:
        if count > len(ladder):
            self._give_up(talk, name)
            return
        rung = ladder[count - 1]
        if rung.keypad_only:
            talk.change(keypad_only=True)
        if rung.goto is not None:
            talk.say(rung.prompt)
            talk.go(rung.goto.node)
        elif talk.state.pending:
            spoken = rung.prompt if rung.repeat else None
            self.ask(talk, node, spoken, confirming.question(talk, node))
        elif rung.repeat or rung.prompt is None:
            self.ask(talk, node, rung.prompt, *self.question(talk, node))
        else:
            self.ask(talk, node, rung.prompt)

    def _give_up(self, talk: Talk, name: str) -> None:
        if commands.to_operator(talk):
            talk.explain(f"{name} ladder is at its end: operator")
        else:
            talk.explain(f"{name} ladder is at its end and there is no operator")
            talk.hang_up(name)

    def command(self, talk: Talk, node: A, name: str) -> None:
        """Obey one of the flow's commands."""
        if commands.obey(talk, name):
            talk.change(pending=None)
            if name == "help" and node.help:
                self.ask(talk, node, node.help)
            else:
                self.ask(talk, node, *self.question(talk, node))


def _endpointing(settings: InputSettings) -> Endpointing:
    return Endpointing(
        settings.complete_ms,
        settings.extendable_ms,
        settings.incomplete_ms,
        settings.max_seconds,
    )
