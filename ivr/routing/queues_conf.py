"""Queues conf: a queue plan as text for Asterisk's queues.conf and queuerules.conf."""

from ivr.routing.queues import FALLBACK, Queue, QueuePlan

TEMPLATE = "ivr-queue"


def render_queues(plan: QueuePlan) -> str:
    """One section a queue, each made from the template section `ivr-queue`.

    Agents are added while running (`ivr.routing.desk`). Only `fallback` has them as static members,
    because it must serve callers when this program is not there to add anybody.
    """
    return "\n".join(_queue(queue) for queue in plan.queues.values())


def render_rules(plan: QueuePlan) -> str:
    """One section a penalty rule: the most penalty admitted from so many seconds of waiting on."""
    sections = (
        "".join([f"[{name}]\n", *(f"penaltychange => {after},{most}\n" for after, most in changes)])
        for name, changes in plan.rules.items()
    )
    return "\n".join(sections)


def _queue(queue: Queue) -> str:
    lines = [f"[{queue.name}]({TEMPLATE})"]
    if queue.weight:
        lines.append(f"weight = {queue.weight}")
    if queue.name == FALLBACK:
        for member in queue.members:
            agent = member.agent
            fields = [agent.interface, str(member.penalty), agent.name]
            if agent.state_interface:
                fields.append(agent.state_interface)
            lines.append(f"member => {','.join(fields)}")
    return "\n".join(lines) + "\n"
