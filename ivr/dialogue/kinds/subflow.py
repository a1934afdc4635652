"""Subflow and return: walk into another flow, and come back."""

from ivr.dialogue.evaluate import evaluate
from ivr.dialogue.kinds.behaviour import Behaviour
from ivr.dialogue.state import Frame
from ivr.dialogue.talk import Talk
from ivr.errors import FlowRanAway
from ivr.flow.nodes.subflow import Return, Subflow

MAX_FRAMES = 10
"""Flows inside flows."""


class SubflowBehaviour(Behaviour[Subflow]):
    def entered(self, talk: Talk, node: Subflow) -> None:
        state = talk.state
        if len(state.frames) >= MAX_FRAMES:
            raise FlowRanAway(f"{MAX_FRAMES} flows inside one another, the last is {node.flow}")
        given = {
            name: evaluate(formula.expression, talk.flow, state)
            for name, formula in node.give.items()
        }
        frame = Frame(state.flow, node.name, state.slots, state.trail)
        talk.change(flow=node.flow, frames=(*state.frames, frame), slots=given, trail=(), node="")
        talk.go(talk.flow.start.node)


class ReturnBehaviour(Behaviour[Return]):
    def entered(self, talk: Talk, node: Return) -> None:
        state = talk.state
        if not state.frames:
            talk.hang_up(node.exit)
            return
        *outer, frame = state.frames
        inner, flow = state.slots, talk.flow
        talk.change(
            flow=frame.flow, node=frame.node, slots=frame.slots, trail=frame.trail,
            frames=tuple(outer),
        )  # fmt: skip
        caller = talk.node
        assert isinstance(caller, Subflow)
        taken = {
            own: inner.get(theirs, flow.variables.get(theirs))
            for own, theirs in caller.take.items()
        }
        talk.change(slots={**frame.slots, **taken})
        way = caller.ways.get(node.exit) or caller.ways["otherwise"]
        talk.explain(f"back from {flow.name}: {node.exit}", exit=node.exit)
        talk.go(way.node)
