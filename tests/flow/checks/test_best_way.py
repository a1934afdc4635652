"""The best way where some turns are the caller's and some are chance."""

from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.checks.best_way import Way, best_ways


def test_the_caller_takes_the_cheapest_way() -> None:
    ways = {"a": [Way("b", 5.0, 1), Way("c", 1.0, 1)], "b": [], "c": [Way("b", 1.0, 1)]}
    found = best_ways(ways, {"b": 2.0}, frozenset())
    assert (found["a"].cost, found["a"].keys) == (4.0, 2)


def test_chance_takes_the_dearest_way_that_leads_anywhere() -> None:
    ways = {"a": [Way("b", 5.0), Way("c", 1.0), Way("lost", 99.0)], "b": [], "c": [], "lost": []}
    found = best_ways(ways, {"b": 0.0, "c": 0.0}, frozenset("a"))
    assert found["a"].cost == 5.0
    assert "lost" not in found


def test_places_of_chance_that_lead_in_a_circle() -> None:
    ways = {"a": [Way("b", 1.0)], "b": [Way("a", 1.0), Way("end", 3.0)], "end": []}
    found = best_ways(ways, {"end": 0.0}, frozenset("ab"))
    assert found["b"].cost == 3.0
    assert found["a"].cost == 4.0


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 9), st.floats(0, 10)), max_size=4),
        min_size=10,
        max_size=10,
    ),
    st.sets(st.integers(0, 8)),
)
def test_it_always_ends_and_never_undercuts_the_cheapest(
    graph: list[list[tuple[int, float]]], chance: set[int]
) -> None:
    ways = {at: [Way(to, cost) for to, cost in onward] for at, onward in enumerate(graph)}
    ways[9] = []
    cheap = best_ways(ways, {9: 0.0}, frozenset())
    found = best_ways(ways, {9: 0.0}, frozenset(chance))
    assert set(found) <= set(cheap)
    assert all(found[at].cost >= cheap[at].cost - 1e-9 for at in found)
