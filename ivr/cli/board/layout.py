"""How a terminal of a given size is shared out between the board's tables."""

from dataclasses import dataclass

SIDE_BY_SIDE = 120
"""From this width on queues and agents stand beside each other."""

BARS = 3
"""The top line, the line of messages and the line of keys."""

FEWEST_CALLS = 5
"""Lines, the head among them, that the calls keep before anything else gets one."""


@dataclass(frozen=True, slots=True)
class Heights:
    """Lines of each table, its head among them; 0 hides it."""

    alarms: int
    calls: int
    queues: int
    agents: int
    beside: bool


def share_out(width: int, height: int, queues: int, agents: int, alarms: int) -> Heights:
    """Lines for each table when so many rows could be shown."""
    room = max(height - BARS, 1)
    alarm_lines = min(alarms, max(1, room // 8)) if alarms and room > FEWEST_CALLS else 0
    below = max(0, room - alarm_lines - FEWEST_CALLS)
    if width >= SIDE_BY_SIDE:
        tall = min(1 + max(queues, agents, 1), max(below, 0), max(6, room * 2 // 5))
        tall = tall if tall >= 2 else 0
        return Heights(alarm_lines, room - alarm_lines - tall, tall, tall, True)
    below = min(below, max(9, room * 2 // 5))
    queue_lines = min(1 + max(queues, 1), (below + 1) // 2 if below >= 4 else below)
    queue_lines = queue_lines if queue_lines >= 2 else 0
    agent_lines = min(1 + max(agents, 1), below - queue_lines)
    agent_lines = agent_lines if agent_lines >= 2 else 0
    calls = room - alarm_lines - queue_lines - agent_lines
    return Heights(alarm_lines, calls, queue_lines, agent_lines, False)
