"""Form: fills as many slots as the opening sentence names, then asks for the rest.

The opening sentence may be the one that led here from a menu.
"""

from ivr.dialogue import commands
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import choose, holds
from ivr.dialogue.wording import UNKNOWN, core, plain
from ivr.flow.nodes.base import Choice
from ivr.flow.nodes.form import Form, FormNext
from ivr.flow.nodes.menu import Menu
from ivr.ports import Utterance


class FormBehaviour(Asking[Form]):
    def entered(self, talk: Talk, node: Form) -> None:
        """A form begins empty, whatever an earlier visit had filled."""
        kept = {name: value for name, value in talk.state.slots.items() if name not in node.slots}
        talk.change(slots=kept)
        filled = self._filled(talk, node, talk.opening) if talk.opening else {}
        if filled:
            self._fill(talk, node, filled)
        else:
            super().entered(talk, node)

    def grammar(self, talk: Talk, node: Form) -> Grammar:
        language, said = talk.state.language, commands.phrase_set(talk)

        def make() -> Grammar:
            menus = (menu for _, menu in _menus(talk, node))
            own = (p for menu in menus for c in menu.choices for p in c.phrases.get(language, ()))
            return Grammar(language, tuple(dict.fromkeys((*own, *said.phrases))))

        return talk.once(make, "form grammar", node.name, said)

    def take_key(self, talk: Talk, node: Form, key: str) -> None:
        command = commands.by_key(talk, key)
        if command:
            talk.explain(f"key {key}: command {command}", how="key")
            self.command(talk, node, command)
        else:
            talk.explain("a key: ask for one thing after another", how="key")
            talk.go(node.next.node)

    def take_speech(self, talk: Talk, node: Form, utterance: Utterance) -> None:
        match = choose(
            utterance,
            commands.phrase_set(talk),
            reject=node.input.reject,
            accept=node.input.accept,
        )
        filled = self._filled(talk, node, utterance)
        if filled and utterance.confidence >= node.input.reject:
            self._fill(talk, node, filled)
        elif match.name:
            talk.explain(match.why, **match.facts)
            self.command(talk, node, match.name.removeprefix(commands.PREFIX))
        else:
            self.nomatch(talk, node, match.why, **match.facts)

    def _fill(self, talk: Talk, node: Form, filled: dict[str, Choice]) -> None:
        told = ", ".join(f"{slot}={choice.name}" for slot, choice in filled.items())
        talk.explain(f"understood {told}", slots=list(filled))
        values = {slot: choice.name for slot, choice in filled.items()}
        talk.change(slots={**talk.state.slots, **values})
        talk.go(node.next.node)

    def _filled(self, talk: Talk, node: Form, utterance: Utterance) -> dict[str, Choice]:
        """The slots a sentence names; one that it names twice differently is left open."""
        words = [word.text for word in utterance.words if word.text != UNKNOWN]
        text = plain(" ".join(words))
        found = {}
        for slot, menu in _menus(talk, node):
            named = _named(menu, text, talk.state.language)
            if named is not None:
                found[slot] = named
        return found


class FormNextBehaviour(Behaviour[FormNext]):
    def entered(self, talk: Talk, node: FormNext) -> None:
        for slot, goto in node.slots.items():
            if talk.state.slots.get(slot) in (None, ""):
                talk.explain(f"{slot} is still missing", slot=slot)
                talk.go(goto.node)
                return
        talk.go(node.goto.node)


def _menus(talk: Talk, node: Form) -> list[tuple[str, Menu]]:
    nodes = ((slot, talk.flow.nodes[goto.node]) for slot, goto in node.slots.items())
    return [(slot, menu) for slot, menu in nodes if isinstance(menu, Menu)]


def _named(menu: Menu, text: str, language: str) -> Choice | None:
    """The one choice whose phrase stands in a text; the longest phrase wins."""
    best: dict[str, tuple[int, Choice]] = {}
    for choice in menu.choices:
        said = [p for p in map(core, choice.phrases.get(language, ())) if p and holds(text, p)]
        if said:
            best[choice.name] = (max(map(len, said)), choice)
    ranked = sorted(best.values(), key=lambda one: -one[0])
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]
