"""Collect: takes a value by keys or by voice; keys take over from speech."""

from ivr.dialogue import commands
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.heard_values import HeardValue, heard_value
from ivr.dialogue.kinds import confirming
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.slot_types import TYPES, kept
from ivr.dialogue.state import Pending
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import UNKNOWN_COST, Band, band_of, choose
from ivr.dialogue.wording import UNKNOWN
from ivr.flow.nodes.collect import Collect
from ivr.ports import Utterance

CORRECTION_KEY = "*"
"""Forgets the keys pressed so far; goes back when there are none."""

MAX_WORDS = 16
"""Of a value that is not said digit by digit."""

_STRANGE_COST = 0.3


class CollectBehaviour(Asking[Collect]):
    def grammar(self, talk: Talk, node: Collect) -> Grammar:
        language = talk.state.language
        said = commands.phrases(talk)
        kind = TYPES[node.type]
        held = len(talk.state.held)
        shortest = max(1, node.shortest - held) if kind.by_digits else 1
        longest = node.longest if kind.by_digits else MAX_WORDS
        return Grammar(language, said, kind.words(language), shortest, longest, node.type)

    # -- keys --------------------------------------------------------------------------------

    def take_key(self, talk: Talk, node: Collect, key: str) -> None:
        keys = talk.state.keys
        star = TYPES[node.type].star
        if key.isdigit():
            self._digit(talk, node, keys + key)
        elif star and key == CORRECTION_KEY and len(keys) == node.longest - 1:
            self._digit(talk, node, keys + star)
        elif key == node.input.finish_on_key and keys:
            self.keys_ended(talk, node)
        elif key == CORRECTION_KEY and (keys or talk.state.held):
            talk.explain("value so far forgotten, as the caller asked")
            talk.change(held="")
            self.ask(talk, node, node.prompt)
        elif command := commands.by_key(talk, key):
            talk.explain(f"key {key}: command {command}", how="key")
            self.command(talk, node, command)
        else:
            self.nomatch(talk, node, f"nomatch: key {key} means nothing here")

    def _digit(self, talk: Talk, node: Collect, keys: str) -> None:
        """Take a key; what was said before it stands, and the keys go on from there."""
        talk.stop_listening()
        keys, held = talk.state.held + keys, ""
        talk.change(held=held)
        talk.change(keys=keys)
        if len(keys) >= node.longest:
            self._keyed(talk, node)
        else:
            talk.set_timer(node.input.interdigit_timeout)

    def keys_ended(self, talk: Talk, node: Collect) -> None:
        count = len(talk.state.keys)
        if count < node.shortest:
            why = f"nomatch: {count} digits keyed, {node.shortest} needed"
            self.nomatch(talk, node, why, digits=count)
        else:
            self._keyed(talk, node)

    def _keyed(self, talk: Talk, node: Collect) -> None:
        keys = value = talk.state.keys
        talk.change(keys="")
        keyed = TYPES[node.type].keyed
        wrong = _wrong(node, keys)
        if keyed is not None and not wrong:
            value = keyed(keys)
            wrong = "" if value else f"{len(keys)} digits keyed are no {node.type}"
        if wrong:
            self.nomatch(talk, node, f"nomatch: {wrong}", digits=len(keys))
            return
        talk.explain(f"{len(keys)} digits keyed: {node.slot}", how="keys", slot=node.slot)
        self._understood(talk, node, value, Band.ACCEPT)

    # -- speech ------------------------------------------------------------------------------

    def take_speech(self, talk: Talk, node: Collect, utterance: Utterance) -> None:
        words = [word for word in utterance.words if word.text != UNKNOWN]
        text = " ".join(word.text for word in words)
        state = talk.state
        found = heard_value(
            node, text, state.language, state.now, utterance.alternatives, state.held
        )
        value, strange = found.value, found.rest
        if strange or not value:
            match = choose(
                utterance,
                commands.phrase_set(talk),
                reject=node.input.reject,
                accept=node.input.accept,
            )
            if match.name:
                talk.explain(match.why, **match.facts)
                self.command(talk, node, match.name.removeprefix(commands.PREFIX))
                return
        unknown = len(utterance.words) - len(words)
        facts = {"heard": text, "slot": node.slot, "unknown_words": unknown}
        missing = _wrong_said(node, value)
        if missing and not found.more:
            self.nomatch(talk, node, f"nomatch: {missing}", **facts)
            return
        confidence = sum(word.confidence for word in words) / len(words)
        score = 1.0 - UNKNOWN_COST * min(unknown, 2) - (_STRANGE_COST if strange else 0.0)
        certainty = max(0.0, score * confidence)
        band = band_of(certainty, reject=node.input.reject, accept=node.input.accept)
        why = f'"{text}" is {node.slot} {value}, certainty {certainty:.2f}: {band}'
        facts |= {"confidence": round(confidence, 3), "certainty": round(certainty, 3)}
        if band is Band.REJECT:
            self.nomatch(talk, node, f"nomatch: {why}", **facts)
            return
        if found.ranked:
            band, why = Band.CONFIRM, f"{why}; by a further guess, so asked"
            facts["ranked"] = True
        talk.explain(why, **facts)
        if found.more:
            self._go_on(talk, node, found)
        else:
            self._understood(talk, node, value, band)

    def _go_on(self, talk: Talk, node: Collect, found: HeardValue) -> None:
        """Keep the part that was heard and ask for the rest alone."""
        talk.explain(f"{node.slot}: {_missing(node, found.value)}", slot=node.slot)
        self.ask(talk, node)
        talk.say_text(found.more)
        talk.change(held=found.value, timer=0)
        self.listen(talk, node)

    # -- the value ---------------------------------------------------------------------------

    def _understood(self, talk: Talk, node: Collect, value: str, band: Band) -> None:
        asked = node.confirm is not None and node.confirm_if == "always"
        if not asked and band is Band.ACCEPT:
            self._keep(talk, node, value)
            return
        talk.change(pending=Pending("", value, asked=asked))
        self.ask(talk, node, confirming.question(talk, node))

    def confirmed(self, talk: Talk, node: Collect, pending: Pending) -> None:
        self._keep(talk, node, pending.value)

    def _keep(self, talk: Talk, node: Collect, value: str) -> None:
        talk.change(slots={**talk.state.slots, node.slot: kept(node.type, value)})
        talk.go(node.goto.node)


def _wrong_said(node: Collect, value: str) -> str:
    """The same for what was said, which need not be digits."""
    if TYPES[node.type].keyed is not None:
        return "" if value else f"no {node.type} heard"
    return _wrong(node, value.partition(".")[0])


def _wrong(node: Collect, value: str) -> str:
    """What keeps a value from being right, in words; nothing if it is."""
    return _missing(node, value) or TYPES[node.type].wrong(value)


def _missing(node: Collect, value: str) -> str:
    """What keeps a value from being whole, in words; nothing if it is."""
    count = len(value)
    if not count:
        return f"no {node.type} heard"
    if count < node.shortest:
        return f"{count} digits heard, {node.shortest - count} missing"
    if count > node.longest:
        return f"{count} digits heard, {count - node.longest} too many"
    return ""
