"""Exits: the traced copy is the same flow, and tells each way."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.dialogue.actions import EnterNode
from ivr.dialogue.exits import COMMAND, ExitTo, traced
from ivr.dialogue.simulator import Simulator
from ivr.flow.library import load_book
from tests.dialogue.talks import CLINIC, ROOT

BANK = load_book(ROOT / "flows" / "bank")
DOINGS = st.one_of(
    st.sampled_from(["挂号", "取消预约", "对", "不对", "人工", "[unk]", "英语", "主菜单", "返回"]),
    st.sampled_from("0123456789*#"),
    st.just(6.0),
    st.sampled_from(["answered", "busy", "no_answer", "failed"]),
)


def test_every_exit_is_marked_and_nothing_else_is_changed() -> None:
    for book in (CLINIC, BANK):
        copy = traced(book)
        assert copy.flows == book.flows
        for flow in copy:
            for name, node in flow.nodes.items():
                for way, goto in node.exits:
                    assert isinstance(goto.node, ExitTo), f"{name}.{way}"
                    assert (goto.node.flow, goto.node.node) == (flow.name, name)
                    assert goto.node.exit == way
            leading = [c.goto.node for c in flow.commands if c.goto is not None]
            assert all(isinstance(one, ExitTo) and one.node == COMMAND for one in leading)


def walked(call: Simulator, doings: list[object]) -> Simulator:
    call.start()
    for doing in doings:
        if isinstance(doing, float):
            call.wait(doing)
        elif call.transfer is not None and doing in ("answered", "busy", "no_answer", "failed"):
            call.end_transfer(str(doing))
        elif len(str(doing)) == 1 and str(doing) in "0123456789*#":
            call.press(str(doing))
        else:
            call.say(str(doing))
    return call


@settings(max_examples=60, deadline=None)
@given(st.lists(DOINGS, max_size=15))
def test_a_call_goes_the_same_way_traced_or_not(doings: list[object]) -> None:
    plain = walked(Simulator(CLINIC, "clinic"), doings)
    marked = walked(Simulator(traced(CLINIC), "clinic"), doings)
    assert plain.log == marked.log and plain.state == marked.state


def test_one_reference_for_several_exits_tells_which_was_taken() -> None:
    call = Simulator(traced(BANK), "bank")
    call.start()
    call.say("人工")
    call.end_transfer("busy")
    entered = [what.node for _, what in call.log if isinstance(what, EnterNode)]
    last = entered[-1]
    assert isinstance(last, ExitTo) and (last.node, last.exit) == ("operator", "busy")
