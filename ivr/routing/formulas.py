"""Formulas: exact figures of simple queues (Erlang C, Erlang A), to check the simulator against.

M/M/n: Poisson arrivals, exponential service, n equal agents, first come first served. Callers are
patient in Erlang C (A. K. Erlang, 1917); in Erlang A patience is exponential too (C. Palm, 1957;
notation as in Garnett, Mandelbaum, Reiman, 2002).
"""

import math
from dataclasses import dataclass

TINY = 1e-15
MAX_STATES = 1_000_000


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """What a queue does in the long run; times in seconds, shares from 0 to 1.

    `mean_wait` is over every caller, `answer_wait` (ASA) over those who were answered.
    `service_level` is the share of all callers who were answered within the time asked for.
    """

    waiting: float
    abandoned: float
    mean_wait: float
    answer_wait: float
    service_level: float
    occupancy: float


def erlang_b(load: float, agents: int) -> float:
    """The share of callers turned away if nobody could wait. `load` in erlangs."""
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(rate: float, service: float, agents: int, within: float = 20.0) -> QueueFigures:
    """M/M/n with patient callers. `rate` in calls a second, `service` and `within` in seconds.

    Raises:
        ValueError: if the agents cannot keep up, so that the queue has no long run.
    """
    load = rate * service
    if load >= agents:
        raise ValueError(f"{load:g} erlangs are too much for {agents} agents: the queue only grows")
    blocked = erlang_b(load, agents)
    waiting = blocked / (1 - (load / agents) * (1 - blocked))
    spare = (agents - load) / service
    mean = waiting / spare
    level = 1 - waiting * math.exp(-spare * within)
    return QueueFigures(waiting, 0.0, mean, mean, level, load / agents)


def erlang_a(
    rate: float, service: float, agents: int, patience: float, within: float = 20.0
) -> QueueFigures:
    """M/M/n+M: callers hang up after an exponential patience. Times in seconds.

    With k others ahead, the wait is a sum of exponential times whose rates are evenly spaced, so
    exp(-wait / patience) has a beta distribution; that gives the service level.
    """
    serving, leaving = agents / service, 1 / patience
    free, queued = _states(rate * service, rate, agents, serving, leaving)
    total = free + sum(queued)
    waiting = sum(queued) / total
    length = sum(k * share for k, share in enumerate(queued)) / total
    abandoned = length * leaving / rate
    x, b = -math.expm1(-leaving * within), serving / leaving
    level = free / total
    answered_wait = 0.0
    for ahead, share in enumerate(queued):
        patient = b / (ahead + 1 + b)
        level += share / total * patient * _beta_share(x, ahead + 1, b + 1)
        answered_wait += share / total * patient * _mean_answered(ahead, b) * patience
    answered = 1 - abandoned
    occupancy = rate * answered * service / agents
    return QueueFigures(
        waiting, abandoned, length / rate, answered_wait / answered, level, occupancy
    )


def _states(
    load: float, rate: float, agents: int, serving: float, leaving: float
) -> tuple[float, list[float]]:
    """Weights of (an agent free) and of (all busy, k wait), up to where nothing is left."""
    state, free = 1.0, 0.0
    for n in range(agents):
        free += state
        state *= load / (n + 1)
    queued = [state]
    while len(queued) < MAX_STATES:
        state *= rate / (serving + len(queued) * leaving)
        queued.append(state)
        if state < TINY * free and rate < serving + len(queued) * leaving:
            break
    return free, queued


def _mean_answered(ahead: int, b: float) -> float:
    """The mean wait, in mean patiences, of a caller with `ahead` others in front who stays.

    The mean of -ln Y for Y ~ Beta(b + 1, ahead + 1), which is a sum of 1 / (b + 1 + i).
    """
    return math.fsum(1 / (b + 1 + i) for i in range(ahead + 1))


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_share(1 - x, b, a)
    log = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log + a * math.log(x) + b * math.log1p(-x)) / a
    d = 1 / (1 - (a + b) * x / (a + 1) or TINY)
    c, value = 1.0, d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + term * d or TINY)
            c = 1 + term / c or TINY
            value *= d * c
        if abs(d * c - 1) < TINY * 10:
            break
    return front * value
