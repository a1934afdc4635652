"""Priority: who of the waiting is served first, as one app_queue number, and why.

Every caller gains one point for each second of waiting, and begins with a head start that the
weights table gives. Since all grow alike, the order of two callers never changes while they
wait: it is the order of `joined - head start`, their *virtual arrival*. The number told to Asterisk
is therefore fixed at arrival, needs no timer, and still holds if this process dies.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.flow.need import Need

HORIZON = 2**31 - 1
"""app_queue reads QUEUE_PRIO as a signed 32-bit number; the largest is served first."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Head starts in seconds of waiting: one table for the whole hotline.

    An issue or tier that is not listed has none. `per_priority` is what one point of a flow's own
    `priority:` is worth, `per_attempt` each time in this call that nobody answered the caller or an
    agent sent them on. `most_besides` bounds what these and tiers add to the issue, so that the
    issue comes first; the whole is bounded by `most`, which is what keeps anybody from starving:
    nobody is overtaken by a caller who came more than `most` seconds later.
    """

    issues: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({"funds_at_risk": 900, "complaint": 60})
    )
    tiers: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType(
            {"vip": 180, "elderly": 90, "complained": 60, "new": 30}
        )
    )
    per_priority: int = 10
    per_attempt: int = 60
    most_besides: int = 300

    @property
    def most(self) -> int:
        """The longest head start there can be, in seconds."""
        return max(0, *self.issues.values(), 0) + self.most_besides


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Priority:
    """`number` goes into QUEUE_PRIO (higher first); `points` is for people; `why` tells."""

    number: int
    points: int
    why: str


def head_start(need: Need, weights: Weights = DEFAULT_WEIGHTS) -> int:
    """Seconds of waiting that a caller with `need` is given at arrival, 0 to `weights.most`."""
    tiers = sum(weights.tiers.get(tier, 0) for tier in (need.caller_tier, *need.history))
    besides = tiers + need.priority * weights.per_priority + need.attempts * weights.per_attempt
    bounded = min(weights.most_besides, max(0, besides))
    return max(0, weights.issues.get(need.issue, 0)) + bounded


def priority(need: Need, joined: float, now: float, weights: Weights = DEFAULT_WEIGHTS) -> Priority:
    """The priority of a caller who began to wait at `joined`, both in seconds since the epoch."""
    start = head_start(need, weights)
    waited = max(0, int(now - joined))
    why = ", ".join([*_reasons(need, start, weights), f"waited {waited} s"])
    return Priority(HORIZON - int(joined) + start, start + waited, why)


def _reasons(need: Need, start: int, weights: Weights) -> list[str]:
    parts = (
        (need.issue, max(0, weights.issues.get(need.issue, 0))),
        *((tier, weights.tiers.get(tier, 0)) for tier in (need.caller_tier, *need.history)),
        ("flow", need.priority * weights.per_priority),
        (f"tried {need.attempts} times", need.attempts * weights.per_attempt),
    )
    reasons = [f"{name} {seconds:+d} s" for name, seconds in parts if seconds]
    if start != sum(seconds for _, seconds in parts):
        reasons.append(f"bounded to {start} s")
    return reasons
