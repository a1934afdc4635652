"""Membership: what Asterisk says of queue members against the plan, and what would put it right.

Field names are those of the AMI events QueueMember (an answer to QueueStatus), QueueMemberStatus,
QueueMemberPause, QueueMemberAdded and QueueMemberRemoved of Asterisk 22.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.routing.queues import FALLBACK, QueuePlan
from ivr.routing.skills import Presence

AUTO_PAUSE = "Auto-Pause"
"""The reason that app_queue itself gives (`autopause` in queues.conf)."""

LOGGED_OUT = "logged-out"
"""The reason of an agent who went home. They stay members, paused in every queue, so that nobody
rings them while this program is gone either."""

_PRESENCE = {
    0: Presence.READY,  # unknown: a channel that reports no state is tried
    1: Presence.READY,  # not in use
    2: Presence.BUSY,  # in use
    3: Presence.BUSY,  # busy
    4: Presence.OFFLINE,  # invalid
    5: Presence.OFFLINE,  # unavailable
    6: Presence.RINGING,  # ringing
    7: Presence.BUSY,  # ringing while in use
    8: Presence.BUSY,  # on hold
}
"""AST_DEVICE_* of Asterisk's devicestate.h -> presence."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One member of one queue, as Asterisk told it."""

    queue: str
    interface: str
    penalty: int
    presence: Presence
    dynamic: bool
    unanswered: bool = False
    """Paused by app_queue, because the agent let a call ring or refused it."""
    reason: str | None = None
    """Why this member is paused; None for one who is not."""
    last_call: int = 0
    """When the last call ended, in seconds since the epoch; 0 for none yet."""


@dataclass(frozen=True, slots=True)
class AddMember:
    queue: str
    interface: str
    name: str
    penalty: int
    state_interface: str = ""


@dataclass(frozen=True, slots=True)
class RemoveMember:
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class SetPenalty:
    queue: str
    interface: str
    penalty: int


Order = AddMember | RemoveMember | SetPenalty


def read_member(event: Mapping[str, str]) -> Seen | None:
    """The member an AMI event tells of; None if it tells of none, or not in numbers."""
    interface = event.get("Interface") or event.get("Location") or ""
    queue = event.get("Queue") or ""
    status, penalty = event.get("Status") or "", event.get("Penalty") or "0"
    if not queue or not interface or not _number(status) or not _number(penalty):
        return None
    presence = _PRESENCE.get(int(status), Presence.OFFLINE)
    paused = event.get("Paused") == "1"
    reason = event.get("PausedReason", "") if paused else None
    if paused and presence is not Presence.OFFLINE:
        presence = Presence.OFFLINE if reason == LOGGED_OUT else Presence.PAUSED
    dynamic = event.get("Membership", "dynamic") == "dynamic"
    last = event.get("LastCall") or "0"
    return Seen(
        queue,
        interface,
        int(penalty),
        presence,
        dynamic,
        unanswered=reason == AUTO_PAUSE,
        reason=reason,
        last_call=int(last) if last.isascii() and last.isdecimal() and len(last) < 12 else 0,
    )


def reconcile(plan: QueuePlan, seen: Iterable[Seen]) -> list[Order]:
    """Orders that make the dynamic members of the planned queues what the plan says, no more.

    Queues that the plan does not know are somebody else's and left alone, and so is `fallback`,
    whose members stand in queues.conf.
    """
    wanted = {
        (queue.name, member.agent.interface): member
        for queue in plan.queues.values()
        if queue.name != FALLBACK
        for member in queue.members
    }
    orders: list[Order] = []
    there = {(member.queue, member.interface): member for member in seen}
    for (queue, interface), found in sorted(there.items()):
        ours = queue in plan.queues and queue != FALLBACK
        if ours and found.dynamic and (queue, interface) not in wanted:
            orders.append(RemoveMember(queue, interface))
    for (queue, interface), member in wanted.items():
        present = there.get((queue, interface))
        agent = member.agent
        if present is None:
            orders.append(
                AddMember(queue, interface, agent.name, member.penalty, agent.state_interface)
            )
        elif present.penalty != member.penalty:
            orders.append(SetPenalty(queue, interface, member.penalty))
    return orders


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
