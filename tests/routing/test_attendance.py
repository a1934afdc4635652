from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.routing.attendance import Attendance
from ivr.routing.queues import Queue, plan_queues
from ivr.routing.skills import Presence, Team
from tests.routing.teams import make, needs, teams


def count_members(queue: Queue, presence: Mapping[str, Presence]) -> dict[int, tuple[int, int]]:
    """The census of one queue, by walking all its members."""
    counts: dict[int, tuple[int, int]] = {}
    for member in queue.members:
        state = presence.get(member.agent.name, Presence.OFFLINE)
        here, ready = counts.get(member.step, (0, 0))
        counts[member.step] = (here + state.logged_in, ready + (state is Presence.READY))
    return counts


changes = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(Presence)), max_size=20)


@given(teams(), st.lists(needs, max_size=3), changes)
def test_counting_ahead_equals_counting_all(
    team: Team, wanted: list[Need], events: list[tuple[int, Presence]]
) -> None:
    plan = plan_queues(wanted, ["zh", "en"], team)
    attendance = Attendance(plan)
    for number, presence in events:
        attendance.set(f"a{number}", presence)
    for queue in plan.queues.values():
        assert attendance.census(queue.name) == count_members(queue, attendance.presence)


def test_only_changes_are_changes() -> None:
    attendance = Attendance(plan_queues([], ["zh"], Team((make("wang", zh=3),))))
    assert attendance.set("wang", Presence.READY)
    assert not attendance.set("wang", Presence.READY)
    assert not attendance.set("stranger", Presence.READY)
    assert attendance.census("no such queue") == {}
