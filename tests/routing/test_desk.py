import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest

from ivr.errors import ManagerError
from ivr.flow.need import Need
from ivr.ports import SwitchBack, SwitchEvent, SwitchLost, SwitchNotice
from ivr.routing.desk import Desk
from ivr.routing.matching import EXACT, NOBODY
from ivr.routing.priority import HORIZON
from ivr.routing.queues import plan_queues
from ivr.routing.skills import Presence, Team
from tests.routing.teams import make

TEAM = Team((make("wang", loans=5, zh=5), make("li", zh=4)))
PLAN = plan_queues([Need({"loans": 3})], ["zh"], TEAM)
LOANS = Need({"loans": 3})


class Switch:
    """Asterisk's queue members, as its manager interface shows them."""

    def __init__(self) -> None:
        self.members: dict[tuple[str, str], dict[str, str]] = {}
        self.status: dict[str, str] = {}
        self.refuse: set[str] = set()
        self.waiting: list[dict[str, str]] = []
        self.down = False
        self.resumed = asyncio.Event()

    async def add_member(
        self, queue: str, interface: str, name: str, penalty: int, state_interface: str = ""
    ) -> None:
        if queue in self.refuse:
            raise ManagerError("Unable to add interface to queue: No such queue")
        assert (queue, interface) not in self.members
        self.members[queue, interface] = {"MemberName": name, "Penalty": str(penalty)}

    async def remove_member(self, queue: str, interface: str) -> None:
        del self.members[queue, interface]

    async def set_penalty(self, queue: str, interface: str, penalty: int) -> None:
        self.members[queue, interface]["Penalty"] = str(penalty)

    async def pause_member(self, interface: str, paused: bool, reason: str = "") -> None:
        for (_, owner), fields in self.members.items():
            if owner == interface:
                fields |= {"Paused": "1" if paused else "0", "PausedReason": reason}
                self.resumed.set()

    async def queue_status(self) -> tuple[Mapping[str, str], ...]:
        if self.down:
            raise ManagerError("the link is down")
        members = (self.event(*key) for key in self.members)
        return (*({**one, "Event": "QueueMember"} for one in members), *self.waiting)

    def event(self, queue: str, interface: str) -> dict[str, str]:
        return {
            "Event": "QueueMemberStatus",
            "Queue": queue,
            "Interface": interface,
            "Membership": "dynamic",
            "Status": self.status.get(interface, "1"),
            **self.members[queue, interface],
        }


BACK = SwitchBack((), ())


async def tell(desk: Desk, *notices: SwitchNotice) -> None:
    async def all_of_them() -> AsyncIterator[SwitchNotice]:
        for notice in notices:
            yield notice

    await desk.follow(all_of_them())


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def desk(switch: Switch) -> Desk:
    return Desk(PLAN, TEAM, switch, clock=lambda: 1_800_000_000.0, rest_seconds=0.0)


async def test_agents_become_members_with_their_penalties(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    penalties = {key: fields["Penalty"] for key, fields in switch.members.items()}
    assert penalties == {
        ("zh", "PJSIP/agent-wang"): "1",
        ("zh", "PJSIP/agent-li"): "3",
        ("zh-loans.3", "PJSIP/agent-wang"): "1",
        ("zh-loans.3", "PJSIP/agent-li"): "33",
    }
    assert desk.presence == {"wang": Presence.READY, "li": Presence.READY}


async def test_before_the_link_is_up_nobody_is_taken_for_absent(desk: Desk) -> None:
    found = desk.match(LOANS, "zh")
    assert found.kind == EXACT
    assert found.why.startswith("presence unknown, no manager link; zh-loans.3")
    assert found.entry is not None
    assert found.entry.priority == HORIZON - 1_800_000_000


async def test_presence_follows_events(desk: Desk, switch: Switch) -> None:
    switch.status = {"PJSIP/agent-wang": "5", "PJSIP/agent-li": "5"}
    await desk.synchronise()
    assert desk.match(LOANS, "zh").kind == NOBODY
    switch.status["PJSIP/agent-wang"] = "1"
    await tell(desk, SwitchEvent(switch.event("zh", "PJSIP/agent-wang")))
    assert desk.presence == {"wang": Presence.READY, "li": Presence.OFFLINE}
    assert desk.match(LOANS, "zh").kind == EXACT


async def test_events_from_before_the_snapshot_do_no_harm(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    ready = SwitchEvent(switch.event("zh", "PJSIP/agent-wang"))
    switch.status["PJSIP/agent-wang"] = "2"
    busy = SwitchEvent(switch.event("zh", "PJSIP/agent-wang"))
    await tell(desk, BACK, ready, busy)
    assert desk.presence["wang"] is Presence.BUSY


async def test_an_event_that_was_lost_is_made_good_by_asking(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    asked = 1_800_000_000.0  # by the desk's clock, which stands still
    switch.status["PJSIP/agent-wang"] = "2"
    answer = [switch.event("zh", "PJSIP/agent-wang")]
    desk.take_members(answer, asked)
    assert desk.presence == {"wang": Presence.BUSY, "li": Presence.READY}
    switch.status["PJSIP/agent-wang"] = "1"
    await tell(desk, SwitchEvent(switch.event("zh", "PJSIP/agent-wang")))
    desk.take_members(answer, asked)  # older than the event
    assert desk.presence["wang"] is Presence.READY
    desk.take_members(answer, asked + 1)
    assert desk.presence["wang"] is Presence.BUSY
    await tell(desk, SwitchLost())
    desk.take_members([{**answer[0], "Status": "5"}], asked + 2)
    assert desk.presence["wang"] is Presence.READY  # nobody is judged while there is no link


async def test_a_restarted_asterisk_gets_its_members_back(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    before = dict(switch.members)
    await tell(desk, SwitchLost())
    assert not desk.connected
    switch.members.clear()
    switch.status["PJSIP/agent-li"] = "2"
    await tell(desk, BACK)
    assert switch.members == before
    assert desk.connected
    assert desk.presence["li"] is Presence.BUSY


async def test_a_link_that_breaks_again_at_once_is_waited_for(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    switch.down = True
    await tell(desk, SwitchLost(), BACK)
    assert not desk.connected
    switch.down = False
    await tell(desk, BACK)
    assert desk.connected


async def test_without_a_link_events_are_not_believed(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    switch.status["PJSIP/agent-li"] = "5"
    gone = SwitchEvent(switch.event("zh", "PJSIP/agent-li"))
    await tell(desk, SwitchLost(), gone)
    assert desk.presence["li"] is Presence.READY


async def test_a_stranger_in_our_queue_is_removed(desk: Desk, switch: Switch) -> None:
    switch.members["zh", "PJSIP/left-last-week"] = {"Penalty": "1"}
    await desk.synchronise()
    assert ("zh", "PJSIP/left-last-week") not in switch.members


async def test_a_refused_member_is_told_and_the_others_are_in(desk: Desk, switch: Switch) -> None:
    switch.refuse = {"zh-loans.3"}
    with pytest.raises(ManagerError, match=r"refused 2 queue members, first: .* in zh-loans\.3"):
        await desk.synchronise()
    assert {queue for queue, _ in switch.members} == {"zh"}
    assert desk.connected


async def test_pause_and_resume(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    await desk.pause("li", "lunch")
    await tell(desk, SwitchEvent(switch.event("zh", "PJSIP/agent-li")))
    assert desk.presence["li"] is Presence.PAUSED
    await desk.resume("li")
    await tell(desk, SwitchEvent(switch.event("zh", "PJSIP/agent-li")))
    assert desk.presence["li"] is Presence.READY
    with pytest.raises(ManagerError, match="no agent is called 'nobody'"):
        await desk.pause("nobody", "lunch")


def unanswered(switch: Switch, interface: str) -> SwitchEvent:
    for (_, owner), fields in switch.members.items():
        if owner == interface:
            fields |= {"Paused": "1", "PausedReason": "Auto-Pause"}
    return SwitchEvent(switch.event("zh", interface))


async def test_who_did_not_answer_is_resumed_after_a_rest(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()

    async def notices() -> AsyncIterator[SwitchNotice]:
        yield unanswered(switch, "PJSIP/agent-li")
        assert desk.presence["li"] is Presence.PAUSED
        await switch.resumed.wait()
        yield SwitchEvent(switch.event("zh", "PJSIP/agent-li"))

    await desk.follow(notices())
    assert desk.presence["li"] is Presence.READY


async def test_a_rest_is_known_again_after_a_restart(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    unanswered(switch, "PJSIP/agent-li")
    again = Desk(PLAN, TEAM, switch, rest_seconds=0.0)
    await again.synchronise()
    assert again.presence["li"] is Presence.PAUSED

    async def notices() -> AsyncIterator[SwitchNotice]:
        await switch.resumed.wait()
        yield SwitchEvent(switch.event("zh", "PJSIP/agent-li"))

    await again.follow(notices())
    assert again.presence["li"] is Presence.READY


async def test_somebody_elses_pause_is_not_ended(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    rested = asyncio.Event()

    async def notices() -> AsyncIterator[SwitchNotice]:
        yield unanswered(switch, "PJSIP/agent-li")
        await desk.pause("li", "lunch")
        yield SwitchEvent(switch.event("zh", "PJSIP/agent-li"))
        asyncio.get_running_loop().call_later(0.05, rested.set)
        await rested.wait()

    await desk.follow(notices())
    assert switch.members["zh", "PJSIP/agent-li"]["PausedReason"] == "lunch"


async def test_events_about_others_change_nothing(desk: Desk, switch: Switch) -> None:
    await desk.synchronise()
    stranger = {"Event": "QueueMemberStatus", "Queue": "q", "Interface": "PJSIP/x", "Status": "2"}
    gone = {**switch.event("zh", "PJSIP/agent-li"), "Event": "QueueMemberRemoved", "Status": "5"}
    hangup = {"Event": "Hangup", "Channel": "PJSIP/x"}
    await tell(desk, *(SwitchEvent(event) for event in (hangup, stranger, gone)))
    assert desk.presence == {"wang": Presence.READY, "li": Presence.READY}
