"""Choices: what orders may name; each node that is offered can be gone to."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.dialogue.engine import start
from ivr.dialogue.events import OrderGiven
from ivr.dialogue.ordering import order_fault
from ivr.dialogue.state import Frame, State, Waiting
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.flow.need import Need
from ivr.live.choices import (
    Choices,
    NodeChoice,
    PhoneChoice,
    SkillChoice,
    choices_from,
)
from ivr.live.offering import choices_of
from ivr.routing.queues import plan_queues
from ivr.routing.skills import Agent, Supervisor, Team

BANK = load_book(Path(__file__).parents[2] / "flows" / "bank")
TEAM = Team(
    (Agent("wang", "PJSIP/agent-wang", {"loans": 5, "language.zh": 5}, title="王静"),),
    {"loans": "mortgages", "forex": "remittance", "language.zh": "Mandarin"},
    (Supervisor("gu", "PJSIP/agent-gu", "顾主管"),),
)
PLAN = plan_queues([Need({"loans": 3})], ["zh"], TEAM)


def talking(flow: str, *around: str) -> State:
    """A talk in `flow`, inside these flows, the outermost first."""
    state = replace(start(BANK, "bank"), flow=flow, waiting=Waiting.INPUT)
    return replace(state, frames=tuple(Frame(outer, "main", {}) for outer in around))


def test_without_a_call_all_flows_of_the_version_in_force() -> None:
    choices = choices_of(BANK, None, TEAM, PLAN)
    assert choices.version == BANK.version
    assert [one.flow for one in choices.flows] == list(BANK.flows)
    bank = next(one for one in choices.flows if one.flow == "bank")
    assert NodeChoice("main", "menu") in bank.nodes
    assert [one.node for one in bank.nodes] == list(BANK.flow("bank").nodes)


def test_skills_are_those_that_a_queue_asks_for() -> None:
    assert choices_of(BANK, None, TEAM, PLAN).skills == (SkillChoice("loans", "mortgages"),)


def test_supervisors_have_telephones_too() -> None:
    assert choices_of(BANK, None, TEAM, PLAN).phones == (
        PhoneChoice("gu", "顾主管", "supervisor"),
        PhoneChoice("wang", "王静", "agent"),
    )


def test_queues() -> None:
    assert set(choices_of(BANK, None, TEAM, PLAN).queues) == set(PLAN.queues)


@pytest.mark.parametrize("around", [(), ("bank",), ("bank", "identify"), ("bank", "callback")])
def test_every_node_offered_for_a_call_can_be_gone_to(around: tuple[str, ...]) -> None:
    state = talking("callback", *around)
    choices = choices_of(BANK, state, TEAM, PLAN)
    expected = dict.fromkeys(["callback", *reversed(around)])
    assert [one.flow for one in choices.flows] == list(expected)
    offered = [one.node for flow in choices.flows for one in flow.nodes]
    assert len(offered) == len(set(offered))
    assert len(offered) == sum(len(BANK.flow(name).nodes) for name in expected)
    for node in offered:
        assert order_fault(BANK, state, OrderGiven("goto", node)) == "", node


def test_a_node_that_a_nearer_flow_has_too_is_named_with_its_flow() -> None:
    flows = {**BANK.flows, "copy": replace(BANK.flow("callback"), name="copy")}
    book = FlowBook(flows, "v2")
    state = talking("callback", "copy")
    near, far = choices_of(book, state, TEAM, PLAN).flows
    assert [f"copy.{one.node}" for one in near.nodes] == [one.node for one in far.nodes]
    for one in far.nodes:
        assert order_fault(book, state, OrderGiven("goto", one.node)) == ""


def test_they_come_back_as_they_were_sent() -> None:
    choices = choices_of(BANK, None, TEAM, PLAN)
    sent = json.loads(json.dumps(choices.record(), ensure_ascii=False))
    assert choices_from(sent) == choices
    assert choices_from(Choices().record()) == Choices()


@pytest.mark.parametrize("damaged", [{}, {"version": "1", "flows": [{}]}, {"flows": 3}])
def test_what_is_not_understood(damaged: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        choices_from(damaged)
