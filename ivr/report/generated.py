"""A generated month: the calls of a busy bank, with their visits and waits, from one seed."""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.ports import TransferOutcome
from ivr.report.generated_flow import MENUS, QUEUE_OF, STAYS, TROUBLE
from ivr.report.window import Window

Row = dict[str, Any]

HOURS = (1, 1, 1, 1, 1, 2, 6, 18, 55, 92, 100, 88, 60, 66, 84, 88, 78, 58, 38, 28, 20, 12, 6, 2)
"""How busy the hours of a day are, by calls."""
WEEKDAYS = (1.25, 1.1, 1.0, 1.0, 1.05, 0.45, 0.35)
"""Monday first: the weekend's callers come on Monday."""
TALK = {"zh-card_loss.3-funds_at_risk": 150.0, "zh-accounts.3": 170.0, "zh-loans.3": 290.0,
        "en-general.3": 200.0}  # fmt: skip
"""Mean seconds with an agent, by queue."""
FOR_AGENT = {"zh-card_loss.3-funds_at_risk": 0.06, "zh-accounts.3": 0.19, "zh-loans.3": 0.1,
             "en-general.3": 0.06}  # fmt: skip
"""About which share of all calls comes to each queue; agents are planned by it."""
LOAD = 0.66
"""How much of the agents' time their callers take, in the mean."""
PATIENCE = 150.0
HOPELESS = 60.0
"""Seconds after which a queue without anybody sends its callers on."""
ENGLISH, NO_NUMBER, RETURNING = 0.12, 0.08, 0.16


@dataclass(frozen=True, slots=True)
class GeneratedCall:
    """The rows of one call, as `ivr.store.tables` has them."""

    call: Row
    visits: list[Row]
    waits: list[Row]


@dataclass(slots=True)
class _Draft:
    began: float
    language: str
    caller: str
    visits: list[Row] = field(default_factory=list)
    queue: str = ""
    length: float = 0.0
    """Seconds with the hotline itself."""


def generate(seed: int, number: int, window: Window) -> Iterator[GeneratedCall]:
    """So many calls that began in the window, ordered by when their menus ended."""
    chance = random.Random(seed)
    drafts = [_draft(chance, began) for began in _arrivals(chance, number, window)]
    _name_callers(chance, drafts)
    per_hour = number / max(1.0, (window.until - window.since) / 3600)
    floor = _Floor(per_hour, window)
    drafts.sort(key=lambda draft: draft.began + draft.length)
    for serial, draft in enumerate(drafts):
        yield _finished(chance, f"{draft.began:.0f}.{serial}", draft, floor)


def _arrivals(chance: random.Random, number: int, window: Window) -> list[float]:
    """Moments, sorted, as many in each hour as hours and weekdays are busy."""
    starts = [
        window.since + 3600 * n for n in range(math.ceil((window.until - window.since) / 3600))
    ]
    weights = [_busy(window, start) for start in starts]
    picked = chance.choices(starts, weights, k=number)
    last = window.until - 0.001
    return sorted(min(round(start + 3600 * chance.random(), 3), last) for start in picked)


def _busy(window: Window, moment: float) -> float:
    local = window.local(moment)
    return HOURS[local.hour] * WEEKDAYS[local.weekday()]


def _draft(chance: random.Random, began: float) -> _Draft:
    """A walk through the menus, until an agent is asked for or the call ends."""
    draft = _Draft(began, "en" if chance.random() < ENGLISH else "zh", "")
    node = "welcome"
    while node:
        flow, trouble = "bank", TROUBLE.get(node, 0.02)
        if node.startswith("identify"):
            flow = "identify"
        nomatches = sum(chance.random() < trouble for _ in range(2))
        noinputs = int(chance.random() < trouble / 2)
        stay = chance.lognormvariate(math.log(STAYS.get(node, 7.0)), 0.5)
        stay = round(stay + 6.0 * (nomatches + noinputs), 3)
        draft.visits.append(
            {"nth": len(draft.visits), "flow": flow, "node": node, "at": round(draft.length, 3),
             "seconds": stay, "noinputs": noinputs, "nomatches": nomatches, "last": False}
        )  # fmt: skip
        draft.length += stay
        if node in QUEUE_OF:
            draft.queue = QUEUE_OF[node] if draft.language == "zh" else "en-general.3"
            break
        ways = MENUS.get(node)
        node = (
            chance.choices([way for way, _ in ways], [odds for _, odds in ways])[0] if ways else ""
        )
    draft.visits[-1]["last"] = True
    return draft


def _name_callers(chance: random.Random, drafts: list[_Draft]) -> None:
    """Give every call a caller; some have no number, and some called not long before."""
    known: list[str] = []
    for draft in drafts:
        roll = chance.random()
        if roll < NO_NUMBER:
            continue
        if known and roll < NO_NUMBER + RETURNING:
            draft.caller = known[max(0, len(known) - 1 - int(chance.expovariate(1 / 4000)))]
        else:
            draft.caller = f"{chance.getrandbits(128):032x}"
            known.append(draft.caller)


class _Floor:
    """The agents of every queue, as many as its callers of that hour need."""

    def __init__(self, per_hour: float, window: Window) -> None:
        self._window = window
        mean = sum(HOURS) * sum(WEEKDAYS) / (24 * 7)
        self._scale = {
            queue: per_hour / mean * share * TALK[queue] / 3600 / LOAD
            for queue, share in FOR_AGENT.items()
        }
        self._free: dict[str, list[float]] = {queue: [0.0] * 400 for queue in TALK}
        self._staff: dict[tuple[str, int], int] = {}

    def first_free(self, queue: str, moment: float) -> tuple[int, float] | None:
        """The agent who can take the next caller soonest, and when; None if nobody works."""
        staff = self._staffed(queue, moment)
        if not staff:
            return None
        free = self._free[queue]
        agent = min(range(staff), key=free.__getitem__)
        return agent, max(moment, free[agent])

    def take(self, queue: str, agent: int, until: float) -> None:
        self._free[queue][agent] = until

    def _staffed(self, queue: str, moment: float) -> int:
        hour = int(moment // 3600)
        if (queue, hour) not in self._staff:
            busy = _busy(self._window, moment)
            most = len(self._free[queue])
            needed = math.ceil(self._scale[queue] * busy) if busy > 5 else 0
            self._staff[queue, hour] = min(most, max(needed, int("risk" in queue)))
        return self._staff[queue, hour]


def _finished(chance: random.Random, call: str, draft: _Draft, floor: _Floor) -> GeneratedCall:
    wait = _waited(chance, call, draft, floor) if draft.queue else None
    if wait is not None:
        draft.visits[-1]["seconds"] += wait["ended"] - wait["joined"]
    visits = [{"call": call, **visit} for visit in draft.visits]
    return GeneratedCall(_call(chance, call, draft, wait), visits, [wait] if wait else [])


def _waited(chance: random.Random, call: str, draft: _Draft, floor: _Floor) -> Row:
    joined = round(draft.began + draft.length, 3)
    patience = chance.expovariate(1 / PATIENCE) if chance.random() > 0.03 else 3 * chance.random()
    talk = chance.lognormvariate(math.log(TALK[draft.queue]) - 0.32, 0.8)
    free = floor.first_free(draft.queue, joined)
    told, agent, talked = None, "", None
    ringing = chance.uniform(2.0, 9.0)
    ahead = free[1] - joined if free else 0.0
    if ahead > 1 and chance.random() < 0.8:
        told = round(ahead * chance.lognormvariate(-0.15, 0.5))
    if free is None:
        outcome = TransferOutcome.ABANDONED if patience < HOPELESS else TransferOutcome.NO_ANSWER
        waited = min(patience, HOPELESS)
    elif patience < ahead + ringing:
        outcome, waited = TransferOutcome.ABANDONED, patience
    else:
        outcome, waited, talked = TransferOutcome.ANSWERED, ahead + ringing, round(talk, 3)
        agent = f"{draft.queue.split('.')[0]}-{free[0] + 1:02d}"
        floor.take(draft.queue, free[0], joined + waited + talk)
    waited = round(waited, 3)
    return {
        "call": call, "nth": 0, "queue": draft.queue, "priority": chance.randrange(5),
        "joined": joined, "ended": round(joined + waited + (talked or 0.0), 3), "waited": waited,
        "talked": talked, "expected": told, "agent": agent, "outcome": outcome.value,
    }  # fmt: skip


def _call(chance: random.Random, call: str, draft: _Draft, wait: Mapping[str, Any] | None) -> Row:
    stumbles = sum(visit["nomatches"] + visit["noinputs"] for visit in draft.visits)
    annoyance = min(1.0, 0.1 * chance.random() + 0.14 * stumbles)
    outcome = "caller_hung_up" if draft.visits[-1]["node"] != "goodbye" else "completed"
    row: Row = {
        "call": call, "began": draft.began, "ended": round(draft.began + draft.length, 3),
        "caller_key": draft.caller, "called": "95500", "flow": "bank", "version": "generated",
        "language": draft.language, "intent": draft.visits[min(2, len(draft.visits) - 1)]["node"],
        "outcome": outcome, "last_node": draft.visits[-1]["node"], "queue": draft.queue,
        "agent": "", "joined": None, "answered": None, "waited": None, "talked": None,
        "transfers": 0, "turns": len(draft.visits) + stumbles,
        "noinputs": sum(visit["noinputs"] for visit in draft.visits),
        "nomatches": sum(visit["nomatches"] for visit in draft.visits),
        "annoyance": round(annoyance, 3), "annoyed": annoyance > 0.5, "abandoned": False,
        "contained": wait is None,
    }  # fmt: skip
    if wait is not None:
        row |= {name: wait[name] for name in ("ended", "agent", "joined", "waited", "talked")}
        answered = wait["outcome"] == TransferOutcome.ANSWERED
        row["answered"] = wait["joined"] + wait["waited"] if answered else None
        row["transfers"] = 1
        row["abandoned"] = wait["outcome"] == TransferOutcome.ABANDONED
        row["outcome"] = "transferred" if answered else "caller_hung_up"
    return row
