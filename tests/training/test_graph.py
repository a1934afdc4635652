import math

from ivr.training.graph import LOOP, SHORTEST_GARBAGE, GraphCosts, hcl_arcs, unigram_arcs
from ivr.training.openfst import Arc, text_of
from ivr.training.vocabulary_lists import UNKNOWN

SHI = ("zh:sh", "zh:i=1", "zh:i=2")
LEXICON = {"是": (SHI,), "十": (SHI,), "是的": ((*SHI, "zh:d", "zh:e1", "zh:e2"),)}
NUMBERS = {UNKNOWN: 1, "是": 2, "十": 3, "是的": 4}


def arcs() -> list[Arc]:
    return hcl_arcs(LEXICON, NUMBERS, GraphCosts(word=1.5, unknown=2.5))


def steps(found: list[Arc]) -> list[Arc]:
    return [arc for arc in found if arc.source != arc.target]


def test_homophones_share_all_but_their_last_arc() -> None:
    leaves = {arc.output: arc for arc in arcs() if arc.output}
    assert leaves[2].source == leaves[3].source
    assert leaves[4].source != leaves[2].source
    assert all(arc.target == LOOP and arc.input == 0 for arc in leaves.values())
    assert (leaves[2].cost, leaves[1].cost) == (1.5, 2.5)


def test_unknown_lasts_at_least_its_frames() -> None:
    found = steps(arcs())
    into = {arc.target: arc for arc in found if arc.target != LOOP}
    leaf = next(arc for arc in found if arc.output == NUMBERS[UNKNOWN])
    frames, state = 0, leaf.source
    while state != LOOP:
        frames, state = frames + 1, into[state].source
    assert frames == SHORTEST_GARBAGE


def test_every_phone_state_but_those_inside_unknown_may_last() -> None:
    found = arcs()
    staying = {arc.source for arc in found if arc.source == arc.target}
    states = {arc.target for arc in steps(found)} - {LOOP}
    assert len(states - staying) == SHORTEST_GARBAGE - 1


def test_no_circle_without_sound() -> None:
    for arc in arcs():
        assert arc.input or (arc.target == LOOP and arc.source != LOOP)


def test_unigram_costs_are_probabilities_and_rise_with_rank() -> None:
    found = unigram_arcs(["是", "十", "是的"], NUMBERS)
    costs = [arc.cost for arc in found]
    assert costs == sorted(costs)
    assert math.isclose(sum(math.exp(-cost) for cost in costs), 1.0)


def test_text_form() -> None:
    assert text_of([Arc(0, 1, 2, 3, 0.5), Arc(1, 0, 0, 0)], 0) == "0 1 2 3 0.5000\n1 0 0 0\n0\n"
