"""Rounds and ways back, against a plain search."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.checks.ways import leading_to, rounds

GRAPHS = st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=8, max_size=8)


def closure(ways: dict[str, tuple[str, ...]], start: str) -> set[str]:
    """Everything reached by at least one step."""
    met: set[str] = set()
    front = list(ways[start])
    while front:
        name = front.pop()
        if name not in met:
            met.add(name)
            front += ways[name]
    return met


@given(GRAPHS)
def test_rounds_are_what_leads_to_itself(graph: list[list[int]]) -> None:
    ways = {str(at): tuple(map(str, onward)) for at, onward in enumerate(graph)}
    reach = {name: closure(ways, name) for name in ways}
    found = rounds(ways)
    for name in ways:
        mine = [names for names in found if name in names]
        assert len(mine) == (name in reach[name])
        if mine:
            assert mine[0] == {other for other in reach[name] if name in reach[other]}


@given(GRAPHS, st.sets(st.integers(0, 7), max_size=2))
def test_leading_to(graph: list[list[int]], goals: set[int]) -> None:
    ways = {str(at): tuple(map(str, onward)) for at, onward in enumerate(graph)}
    wanted = {str(goal) for goal in goals}
    expected = {name for name in ways if name in wanted or closure(ways, name) & wanted}
    assert leading_to(ways, wanted) == expected
