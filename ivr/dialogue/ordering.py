"""Ordering: whether a supervisor's order can be obeyed where a talk stands, and if not, why."""

from typing import NamedTuple

from rapidfuzz import process

from ivr.dialogue.events import OrderGiven
from ivr.dialogue.state import State, Waiting
from ivr.flow.model import FlowBook

KINDS = ("goto", "transfer", "takeover", "hangup")
MAX_SHOWN = 60
_CLOSE_ENOUGH = 60


class Place(NamedTuple):
    """A node of one of the flows that the talk is in; `depth` is 0 for the outermost flow."""

    depth: int
    node: str


def order_fault(book: FlowBook, state: State, order: OrderGiven) -> str:
    """Why `order` cannot be obeyed now, in one line; nothing if it can."""
    if order.kind not in KINDS:
        return f"there is no order {shown(order.kind)}; there is {', '.join(KINDS)}"
    if state.ended:
        return "the call has ended"
    if state.waiting is Waiting.START:
        return "the call is only beginning: try again"
    if order.kind == "hangup":
        return ""
    if state.waiting is Waiting.TRANSFER and order.ends != state.errand:
        return "a transfer is under way"
    if not order.argument:
        return f"{order.kind} where to?"
    if order.kind == "goto" and place_of(book, state, order.argument) is None:
        return _nowhere(book, state, order.argument)
    return ""


def place_of(book: FlowBook, state: State, name: str) -> Place | None:
    """The place that NODE or FLOW.NODE names in the flows the talk is in, the nearest first.

    A subflow can be gone to only while the talk is in it: otherwise nobody would wait for its end.
    """
    flows = _flows(state)
    for depth in range(len(flows) - 1, -1, -1):
        if name in book.flow(flows[depth]).nodes:
            return Place(depth, name)
    flow, _, node = name.partition(".")
    for depth in range(len(flows) - 1, -1, -1):
        if flows[depth] == flow and node in book.flow(flow).nodes:
            return Place(depth, node)
    return None


def closest(name: str, known: list[str]) -> str:
    """` did you mean X?` for the most alike of `known`, or nothing."""
    found = process.extractOne(name[:MAX_SHOWN], known, score_cutoff=_CLOSE_ENOUGH)
    return f"; did you mean {found[0]}?" if found else ""


def shown(name: str) -> str:
    """A name somebody gave, quoted and of bounded length."""
    return repr(name if len(name) <= MAX_SHOWN else f"{name[: MAX_SHOWN - 3]}...")


def _flows(state: State) -> list[str]:
    return [*(frame.flow for frame in state.frames), state.flow]


def _nowhere(book: FlowBook, state: State, name: str) -> str:
    flows = _flows(state)
    flow, dot, _ = name.partition(".")
    if dot and flow in book.flows and flow not in flows:
        return (
            f"the call is not in the flow {flow} now: send it to a node of "
            f"{flows[-1]} that leads there"
        )
    nodes = [str(node) for flow in reversed(flows) for node in book.flow(flow).nodes]
    return f"no node here is called {shown(name)}{closest(name, nodes)}"
