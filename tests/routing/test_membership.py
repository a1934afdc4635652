import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.routing.membership import (
    AddMember,
    RemoveMember,
    Seen,
    SetPenalty,
    read_member,
    reconcile,
)
from ivr.routing.queues import FALLBACK, QueuePlan, plan_queues
from ivr.routing.skills import Presence, Team
from tests.routing.teams import make, needs, teams

PLAN = plan_queues([Need({"loans": 3})], ["zh"], Team((make("wang", loans=5, zh=5),)))


def event(**changes: str) -> dict[str, str]:
    return {
        "Event": "QueueMember",
        "Queue": "zh",
        "Name": "wang",
        "Location": "PJSIP/agent-wang",
        "Membership": "dynamic",
        "Penalty": "3",
        "Status": "1",
        "Paused": "0",
        **changes,
    }


def test_a_snapshot_entry_and_a_status_event_name_the_telephone_differently() -> None:
    wanted = Seen("zh", "PJSIP/agent-wang", 3, Presence.READY, dynamic=True)
    assert read_member(event()) == wanted
    status = event(Interface="PJSIP/agent-wang", MemberName="wang")
    del status["Location"]
    assert read_member(status) == wanted


@pytest.mark.parametrize(
    ("status", "paused", "presence"),
    [
        ("0", "0", Presence.READY),
        ("1", "0", Presence.READY),
        ("2", "0", Presence.BUSY),
        ("3", "0", Presence.BUSY),
        ("4", "0", Presence.OFFLINE),
        ("5", "0", Presence.OFFLINE),
        ("6", "0", Presence.RINGING),
        ("7", "0", Presence.BUSY),
        ("8", "0", Presence.BUSY),
        ("99", "0", Presence.OFFLINE),
        ("1", "1", Presence.PAUSED),
        ("2", "1", Presence.PAUSED),
        ("5", "1", Presence.OFFLINE),
    ],
)
def test_device_states(status: str, paused: str, presence: Presence) -> None:
    seen = read_member(event(Status=status, Paused=paused))
    assert seen is not None
    assert seen.presence is presence


@pytest.mark.parametrize(
    "changes",
    [{"Queue": ""}, {"Location": ""}, {"Status": ""}, {"Status": "x"}, {"Penalty": "-1"}],
)
def test_events_that_tell_of_no_member(changes: dict[str, str]) -> None:
    assert read_member(event(**changes)) is None


@given(st.dictionaries(st.sampled_from(list(event())), st.text(max_size=12)))
def test_no_event_breaks_it(fields: dict[str, str]) -> None:
    read_member(fields)


def test_missing_members_are_added_and_fallback_is_left_alone() -> None:
    assert reconcile(PLAN, []) == [
        AddMember("zh", "PJSIP/agent-wang", "wang", 1),
        AddMember("zh-loans.3", "PJSIP/agent-wang", "wang", 1),
    ]


def test_strays_go_wrong_penalties_are_put_right_and_the_rest_stays() -> None:
    ready = Presence.READY
    seen = [
        Seen("zh", "PJSIP/agent-wang", 9, ready, dynamic=True),
        Seen("zh-loans.3", "PJSIP/agent-wang", 1, ready, dynamic=True),
        Seen("zh", "PJSIP/left-last-week", 1, ready, dynamic=True),
        Seen("zh", "PJSIP/written-in-conf", 1, ready, dynamic=False),
        Seen("somebody-elses", "PJSIP/x", 1, ready, dynamic=True),
        Seen(FALLBACK, "PJSIP/x", 1, ready, dynamic=True),
    ]
    assert reconcile(PLAN, seen) == [
        RemoveMember("zh", "PJSIP/left-last-week"),
        SetPenalty("zh", "PJSIP/agent-wang", 1),
    ]


def obey(plan: QueuePlan, seen: list[Seen]) -> list[Seen]:
    members = {(s.queue, s.interface): s for s in seen}
    for order in reconcile(plan, seen):
        key = (order.queue, order.interface)
        if isinstance(order, RemoveMember):
            del members[key]
        else:
            members[key] = Seen(*key, order.penalty, Presence.READY, dynamic=True)
    return list(members.values())


@given(teams(), teams(), needs)
def test_after_reconciling_there_is_nothing_left_to_do(old: Team, new: Team, need: Need) -> None:
    before = obey(plan_queues([need], ["zh", "en"], old), [])
    plan = plan_queues([need], ["zh", "en"], new)
    after = obey(plan, before)
    assert reconcile(plan, after) == []
    assert {(s.queue, s.interface, s.penalty) for s in after} == {
        (queue.name, m.agent.interface, m.penalty)
        for queue in plan.queues.values()
        if queue.name != FALLBACK
        for m in queue.members
    }
