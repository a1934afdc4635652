"""Members: makes the members of Asterisk's queues what the plan says, by a snapshot."""

from collections.abc import Sequence

from ivr.errors import ManagerError
from ivr.ports import SwitchFields, SwitchManager
from ivr.routing.membership import (
    AddMember,
    Order,
    RemoveMember,
    Seen,
    SetPenalty,
    read_member,
    reconcile,
)
from ivr.routing.queues import QueuePlan


async def put_right(manager: SwitchManager, plan: QueuePlan) -> list[str]:
    """Add, remove and rate members; gives what Asterisk refused, all else being in place.

    Raises:
        ManagerError: if the link fails.
    """
    orders = reconcile(plan, members_of(await manager.queue_status()))
    return [fault for order in orders if (fault := await _obey(manager, order))]


def members_of(status: Sequence[SwitchFields]) -> list[Seen]:
    """The members among the answers to a QueueStatus."""
    members = (event for event in status if event.get("Event", "QueueMember") != "QueueEntry")
    return [seen for event in members if (seen := read_member(event)) is not None]


async def _obey(manager: SwitchManager, order: Order) -> str:
    """Do it; gives why not, if Asterisk refused."""
    try:
        match order:
            case AddMember(queue, interface, name, penalty, state):
                await manager.add_member(queue, interface, name, penalty, state)
            case RemoveMember(queue, interface):
                await manager.remove_member(queue, interface)
            case SetPenalty(queue, interface, penalty):
                await manager.set_penalty(queue, interface, penalty)
    except ManagerError as error:
        return f"{order.interface} in {order.queue}: {error}"
    return ""
