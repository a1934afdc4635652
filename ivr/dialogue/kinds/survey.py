"""Survey: takes a rating, and lets go of whoever gives none."""

from ivr.dialogue import commands
from ivr.dialogue.grammar import Grammar
from ivr.dialogue.kinds.asking import Asking
from ivr.dialogue.spoken_values import digit_words, spoken_digits
from ivr.dialogue.talk import Talk
from ivr.dialogue.understanding import choose
from ivr.dialogue.wording import UNKNOWN
from ivr.flow.nodes.survey import Survey
from ivr.ports import Utterance


class SurveyBehaviour(Asking[Survey]):
    def grammar(self, talk: Talk, node: Survey) -> Grammar:
        language = talk.state.language
        return Grammar(language, commands.phrases(talk), digit_words(language), 1, 1, "digits")

    def take_key(self, talk: Talk, node: Survey, key: str) -> None:
        command = commands.by_key(talk, key)
        if key.isdigit() and node.lowest <= int(key) <= node.highest:
            self._keep(talk, node, int(key), f"key {key}")
        elif command:
            talk.explain(f"key {key}: command {command}", how="key")
            self.command(talk, node, command)
        else:
            self.nomatch(talk, node, f"nomatch: key {key} is no rating")

    def take_speech(self, talk: Talk, node: Survey, utterance: Utterance) -> None:
        text = " ".join(word.text for word in utterance.words if word.text != UNKNOWN)
        digits = spoken_digits(text.removesuffix("分").strip(), talk.state.language)
        in_range = len(digits.value) == 1 and node.lowest <= int(digits.value) <= node.highest
        sure = utterance.confidence >= node.input.reject
        if in_range and not digits.rest and sure:
            self._keep(talk, node, int(digits.value), f'"{text}"')
            return
        match = choose(
            utterance,
            commands.phrase_set(talk),
            reject=node.input.reject,
            accept=node.input.accept,
        )
        if match.name:
            talk.explain(match.why, **match.facts)
            self.command(talk, node, match.name.removeprefix(commands.PREFIX))
        else:
            why = f'nomatch: "{text}" is no rating from {node.lowest} to {node.highest}'
            self.nomatch(talk, node, why, heard=text)

    def _keep(self, talk: Talk, node: Survey, rating: int, how: str) -> None:
        talk.explain(f"{how}: rating {rating}", slot=node.slot, rating=rating)
        talk.change(slots={**talk.state.slots, node.slot: rating})
        talk.go(node.goto.node)
