"""Menu: takes one of the choices, by key or by voice."""

from ivr.dialogue import commands
from ivr.dialogue.candidates import Candidate, PhraseSet
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds import confirming, following
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.kinds.mentioning import mentions, offered
from ivr.dialogue.kinds.open_question import by_intent
from ivr.dialogue.state import Pending
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import Band, choose
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.menu import Menu
from ivr.flow.prompts import Prompt
from ivr.ports import Utterance


class MenuBehaviour(Asking[Menu]):
    def entered(self, talk: Talk, node: Menu) -> None:
        if node.follow_up and not talk.state.typed:
            following.offer(
                talk, [_full_name(owner, choice) for owner, choice in _owned(talk, node)]
            )
        super().entered(talk, node)

    def question(self, talk: Talk, node: Menu) -> tuple[Prompt, ...]:
        if talk.state.pending:
            return (confirming.question(talk, node),)
        return (node.prompt, *mentions(talk, node))

    def grammar(self, talk: Talk, node: Menu) -> Grammar:
        language, said = talk.state.language, _phrase_set(talk, node)

        def make() -> Grammar:
            return Grammar(language, tuple(dict.fromkeys(said.phrases)), open=node.open)

        return talk.once(make, "menu grammar", said, node.open)

    def take_key(self, talk: Talk, node: Menu, key: str) -> None:
        choice = next((c for c in node.choices if c.key == key and offered(talk, c)), None)
        command = commands.by_key(talk, key)
        if choice is not None:
            talk.explain(f"key {key}: {choice.name}", how="key", choice=choice.name)
            _take(talk, choice, node.name)
        elif command:
            talk.explain(f"key {key}: command {command}", how="key")
            self.command(talk, node, command)
        elif node.other_keys is not None:
            talk.explain(f"key {key}: taken to {node.other_keys.node}", how="key")
            talk.change(typed=key + talk.state.typed)
            talk.go(node.other_keys.node)
        else:
            self.nomatch(talk, node, f"nomatch: key {key} is no choice here")

    def take_speech(self, talk: Talk, node: Menu, utterance: Utterance) -> None:
        match = choose(
            utterance,
            _phrase_set(talk, node),
            reject=node.input.reject,
            accept=node.input.accept,
        )
        if not match.name and node.open:
            match = by_intent(talk, node, utterance, _owned(talk, node), match)
        if not match.name:
            self.nomatch(talk, node, match.why, **match.facts)
            return
        talk.explain(match.why, choice=match.name, **match.facts)
        following.keep(talk, match)
        if match.name.startswith(commands.PREFIX):
            self.command(talk, node, match.name.removeprefix(commands.PREFIX))
        elif match.band is Band.CONFIRM:
            talk.change(pending=Pending(match.name))
            self.ask(talk, node, confirming.question(talk, node))
        else:
            talk.opening = utterance
            self._take_named(talk, match.name)

    def confirmed(self, talk: Talk, node: Menu, pending: Pending) -> None:
        self._take_named(talk, pending.name)

    def _take_named(self, talk: Talk, name: str) -> None:
        owner, _, choice = name.rpartition(".")
        menu = talk.flow.nodes[owner]
        assert isinstance(menu, Menu)
        _take(talk, next(c for c in menu.choices if c.name == choice), owner)


Owned = tuple[tuple[str, Choice], ...]
"""Choices with the menu that each stands in."""


def _phrase_set(talk: Talk, node: Menu) -> PhraseSet:
    """Every choice that is there for this caller now, and the commands."""
    said, owned = commands.phrase_set(talk), _owned(talk, node)
    language = talk.state.language

    def make() -> PhraseSet:
        own = (Candidate(_full_name(o, c), c.phrases.get(language, ())) for o, c in owned)
        return PhraseSet((*own, *said.candidates))

    names = tuple((owner, choice.name) for owner, choice in owned)
    return talk.once(make, "menu", node.name, names, said)


def _owned(talk: Talk, node: Menu) -> Owned:
    """Every choice understood here and now."""
    owned = talk.once(lambda: _reachable(talk, node), "reachable", node.name)
    if all(choice.when is None for _, choice in owned):
        return owned
    return tuple((owner, choice) for owner, choice in owned if offered(talk, choice))


def _reachable(talk: Talk, node: Menu) -> Owned:
    """Every choice of this menu and of those it also understands; targets met twice count once."""
    owned = [(node.name, choice) for choice in node.choices]
    taken = {choice.goto.node for choice in node.choices}
    for goto in node.also:
        other = talk.flow.nodes[goto.node]
        if isinstance(other, Menu) and other is not node:
            owned += [(other.name, c) for c in other.choices if c.goto.node not in taken]
    return tuple(owned)


def _full_name(owner: str, choice: Choice) -> str:
    return f"{owner}.{choice.name}"


def _take(talk: Talk, choice: Choice, owner: str) -> None:
    name = _full_name(owner, choice)
    following.chosen(talk, name)
    talk.explain(f"chosen: {name}", chosen=f"{talk.flow.name}.{name}")
    if choice.language:
        talk.change(language=choice.language)
    menu = talk.flow.nodes[owner]
    if isinstance(menu, Menu) and menu.slot:
        talk.change(slots={**talk.state.slots, menu.slot: choice.name})
    if choice.intent:
        label = f"{talk.flow.name}.{owner}.{choice.name}.label"
        talk.change(intent=choice.intent, intent_label=label)
    talk.go(choice.goto.node)
