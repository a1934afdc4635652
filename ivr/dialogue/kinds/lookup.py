"""Lookup: asks a system behind the hotline while the caller waits."""

from collections.abc import Mapping
from typing import Any

from ivr.dialogue.actions import StartLookup
from ivr.dialogue.evaluate import evaluate
from ivr.dialogue.events import LookupEnded
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Value, Waiting
from ivr.dialogue.talk import Talk
from ivr.flow.expression_types import FLAG, NUMBER, TYPE_OF_SLOT
from ivr.flow.nodes.lookup import Lookup

LATE_SECONDS = 2.0
"""How long after its own time-outs a lookup may still answer."""

MAX_ANSWER_CHARACTERS = 500


class LookupBehaviour(Behaviour[Lookup]):
    def entered(self, talk: Talk, node: Lookup) -> None:
        talk.stop_listening()
        talk.say(node.prompt)
        arguments = {
            name: evaluate(formula.expression, talk.flow, talk.state)
            for name, formula in node.arguments.items()
        }
        serial = talk.serial()
        talk.change(errand=serial)
        talk.wait(Waiting.LOOKUP)
        talk.do(StartLookup(serial, f"{talk.flow.name}.{node.lookup}", arguments))
        talk.set_timer(talk.flow.lookups[node.lookup].longest + LATE_SECONDS)

    def timer_rang(self, talk: Talk, node: Lookup) -> None:
        self._failed(talk, node, "timeout")

    def lookup_ended(self, talk: Talk, node: Lookup, event: LookupEnded) -> None:
        talk.change(timer=0)
        if event.exit != "ok":
            self._failed(talk, node, event.exit)
            return
        taken = _taken(talk, node, event.values)
        if isinstance(taken, str):
            self._failed(talk, node, "bad_answer", taken)
            return
        talk.change(slots={**talk.state.slots, **taken})
        talk.explain(f"lookup {node.lookup}: ok", exit="ok", lookup=node.lookup)
        talk.go(node.goto.node)

    def _failed(self, talk: Talk, node: Lookup, name: str, why: str = "") -> None:
        talk.change(errand=0)
        way = node.ways.get(name) or node.ways["otherwise"]
        because = f" ({why})" if why else ""
        talk.explain(f"lookup {node.lookup}: {name}{because}", exit=name, lookup=node.lookup)
        talk.go(way.node)


def _taken(talk: Talk, node: Lookup, answer: Mapping[str, Any]) -> dict[str, Value] | str:
    """The variables an answer fills, or what is wrong with it."""
    taken: dict[str, Value] = {}
    for name, source in node.take.items():
        value = answer.get(source)
        wanted = TYPE_OF_SLOT.get(talk.flow.slot_types.get(name, ""), "text")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if wanted == NUMBER and not number:
            return f'"{source}" is no number'
        if wanted == FLAG and not isinstance(value, bool):
            return f'"{source}" is neither true nor false'
        if wanted == "text":
            if not isinstance(value, str | int | float):
                return f'"{source}" is no text'
            value = str(value)[:MAX_ANSWER_CHARACTERS]
        taken[name] = value
    return taken
