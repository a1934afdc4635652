"""Order times: how long the parts of an order about a call may take, and so the longest order."""

RING_SECONDS = 15.0
"""How long a supervisor's telephone rings."""
GRACE_SECONDS = 5.0
"""How long after a ringing, or a hang-up, Asterisk may take to say how it ended."""
FREE_SECONDS = 12.0
"""How long a caller may take to come out of a queue, or from an agent."""
ASTERISK_SECONDS = 20.0
"""What a busy Asterisk may take besides to confirm our commands, all of one order together."""

TAKEOVER_SECONDS = GRACE_SECONDS + RING_SECONDS + GRACE_SECONDS + FREE_SECONDS
"""A takeover by somebody who listens: their telephone comes free, rings, and the caller comes."""
ORDER_SECONDS = TAKEOVER_SECONDS + ASTERISK_SECONDS
"""Whoever gives an order waits so long for it: no order is cancelled before its parts give up."""
