"""What routing planned, in the terms of a private Asterisk's plan: queues, rules and phones."""

from collections.abc import Mapping

from ivr.routing.queues import FALLBACK, Queue, QueuePlan
from ivr.routing.skills import Team
from ivr.telephony.private_asterisk.plan import (
    AgentPhone,
    AsteriskQueue,
    PenaltyChange,
    PenaltyRule,
    StaticMember,
)

__all__ = ["agent_phones", "asterisk_queues", "asterisk_rules"]


def asterisk_queues(plan: QueuePlan) -> tuple[AsteriskQueue, ...]:
    """Every queue of `plan`. Only `fallback` has static members: it works without the bot."""
    return tuple(
        AsteriskQueue(queue.name, queue.weight, _members(queue)) for queue in plan.queues.values()
    )


def asterisk_rules(plan: QueuePlan) -> tuple[PenaltyRule, ...]:
    """Every penalty rule that `Queue.rule_from` can name."""
    return tuple(
        PenaltyRule(name, tuple(PenaltyChange(after, most) for after, most in changes))
        for name, changes in plan.rules.items()
    )


def agent_phones(team: Team, passwords: Mapping[str, str]) -> tuple[AgentPhone, ...]:
    """A SIP account for each agent and supervisor whose telephone is a PJSIP one of ours.

    A telephone with a fixed contact needs no password; the others register with theirs from
    `passwords`, by agent name, and those without one get no account.
    """
    phones = []
    for agent in team.people:
        password = "" if agent.contact else passwords.get(agent.name, "")
        phone = AgentPhone(agent.name, password, agent.contact)
        if agent.interface == phone.interface and (password or agent.contact):
            phones.append(phone)
    return tuple(phones)


def _members(queue: Queue) -> tuple[StaticMember, ...]:
    if queue.name != FALLBACK:
        return ()
    return tuple(
        StaticMember(m.agent.interface, m.penalty, m.agent.name, m.agent.state_interface)
        for m in queue.members
    )
