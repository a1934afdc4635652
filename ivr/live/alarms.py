"""Alarms: rules over the picture and the tally, each raised and cleared with some patience."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ivr.live.picture import AlarmRow, Picture, Severity
from ivr.live.tally import Tally
from ivr.live.thresholds import Thresholds
from ivr.routing.queues import FALLBACK, QueuePlan
from ivr.routing.skills import Presence, Team

CLEAR_SECONDS = 10.0
"""How long a thing must be well again before its alarm is over."""

QUEUE_LONGEST = "queue-longest"
NOMATCH = "nomatch-rate"
SLOW_RECOGNISER = "slow-recogniser"
NO_FREE_AGENT = "no-free-agent"
NOBODY = "nobody-logged-in"
LINK_LOST = "link-lost"
RECORD_BEHIND = "record-behind"
RECORD_REFUSES = "record-refuses"

WELL = 0.8
"""An alarm is over only below this part of what raised it."""
SHARE = 0.95
_LOGGED_IN = frozenset(presence.value for presence in Presence if presence.logged_in)


@dataclass(frozen=True, slots=True)
class Health:
    """How the record does: how many records wait to be written, and why it refuses, if it does."""

    behind: int = 0
    refuses: str = ""


WELL_KEPT = Health()


@dataclass(frozen=True, slots=True)
class Facts:
    """What rules look at beside the picture. `skills`: skill -> agents who have it."""

    tally: Tally
    skills: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    health: Health = WELL_KEPT


@dataclass(frozen=True, slots=True)
class Reading:
    """How one thing stands: in alarm from `limit` on for `patience` seconds, well below `well`."""

    rule: str
    subject: str
    value: float
    limit: float
    text: str
    well: float = 0.5
    patience: float = 0.0
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class AlarmChanges:
    """What came up and what is over, since the look before."""

    raised: tuple[AlarmRow, ...] = ()
    cleared: tuple[AlarmRow, ...] = ()

    @property
    def any(self) -> bool:
        return bool(self.raised or self.cleared)


Key = tuple[str, str]


class Alarms:
    """Keeps the alarms that stand. Look about once a second."""

    def __init__(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self._standing: dict[Key, AlarmRow] = {}
        self._bad: dict[Key, float] = {}
        self._well: dict[Key, float] = {}

    @property
    def rows(self) -> tuple[AlarmRow, ...]:
        """The alarms that stand, the oldest first."""
        return tuple(sorted(self._standing.values(), key=lambda row: (row.raised, row.subject)))

    def look(self, picture: Picture, facts: Facts) -> AlarmChanges:
        """Judge everything at the picture's moment.

        While Asterisk cannot be reached, alarms about queues and agents stay as they are.
        """
        now = picture.at
        readings = {(r.rule, r.subject): r for r in readings_of(picture, facts, self._thresholds)}
        raised, cleared = [], []
        for key, reading in readings.items():
            if key in self._standing:
                continue
            if reading.value < reading.limit:
                self._bad.pop(key, None)
            elif now - self._bad.setdefault(key, now) >= reading.patience:
                row = AlarmRow(*key, reading.text, now, reading.severity)
                self._standing[key] = row
                raised.append(row)
        for key, row in tuple(self._standing.items()):
            found = readings.get(key)
            if found is not None and found.value >= found.well:
                self._well.pop(key, None)
            elif found is None and not picture.linked and row.rule in _NEED_LINK:
                continue
            elif now - self._well.setdefault(key, now) >= CLEAR_SECONDS:
                del self._standing[key], self._well[key]
                self._bad.pop(key, None)
                cleared.append(row)
        for key in self._bad.keys() - readings.keys():
            del self._bad[key]
        return AlarmChanges(tuple(raised), tuple(cleared))


_NEED_LINK = frozenset({QUEUE_LONGEST, NO_FREE_AGENT, NOBODY})


def readings_of(picture: Picture, facts: Facts, limits: Thresholds) -> Iterator[Reading]:
    """How everything that a rule looks at stands at the picture's moment."""
    yield from _link(picture, limits)
    if picture.linked:
        yield from _queues(picture, limits)
        yield from _skills(picture, facts.skills, limits)
    yield from _nodes(facts.tally, picture.at, limits)
    yield from _recogniser(facts.tally, picture.at, limits)
    yield from _record(facts.health, limits)


def skills_asked_for(plan: QueuePlan, team: Team) -> dict[str, frozenset[str]]:
    """Skill -> the agents good enough for some queue that asks for it."""
    least: dict[str, int] = {}
    for queue in plan.queues.values():
        if queue.name != FALLBACK and not queue.escalation:
            for skill, level in queue.skills.items():
                least[skill] = min(level, least.get(skill, level))
    return {
        skill: frozenset(a.name for a in team.agents if a.skills.get(skill, 0) >= level)
        for skill, level in sorted(least.items())
    }


def _link(picture: Picture, limits: Thresholds) -> Iterator[Reading]:
    if limits.link_seconds:
        yield Reading(
            LINK_LOST,
            "asterisk",
            value=float(not picture.linked),
            limit=1.0,
            text="Asterisk's manager cannot be reached; queues and agents are as last seen",
            patience=limits.link_seconds,
            severity=Severity.CRITICAL,
        )


def _queues(picture: Picture, limits: Thresholds) -> Iterator[Reading]:
    limit = limits.queue_longest_seconds
    for row in picture.queues if limit else ():
        yield Reading(
            QUEUE_LONGEST,
            row.queue,
            value=picture.at - row.oldest if row.waiting else 0.0,
            limit=limit,
            well=WELL * limit,
            text=f"a caller has waited for more than {limit} s",
        )


def _skills(
    picture: Picture, skills: Mapping[str, frozenset[str]], limits: Thresholds
) -> Iterator[Reading]:
    here = {row.agent for row in picture.agents if row.presence in _LOGGED_IN}
    free = {row.agent for row in picture.agents if row.presence == Presence.READY.value}
    for skill, agents in skills.items():
        if limits.nobody_seconds:
            yield Reading(
                NOBODY,
                skill,
                value=float(not agents & here),
                limit=1.0,
                text=f"nobody who knows {skill} is logged in",
                patience=limits.nobody_seconds,
                severity=Severity.CRITICAL,
            )
        if limits.no_free_agent_seconds:
            yield Reading(
                NO_FREE_AGENT,
                skill,
                value=float(bool(agents & here) and not agents & free),
                limit=1.0,
                text=f"everybody who knows {skill} is busy",
                patience=limits.no_free_agent_seconds,
            )


def _nodes(tally: Tally, now: float, limits: Thresholds) -> Iterator[Reading]:
    times = limits.nomatch_percent / 100
    for node, trend in tally.nodes.items() if times else ():
        rate = trend.rate(now)
        if rate.usual_turns < 3 * limits.nomatch_least or not rate.usual_nomatches:
            continue
        enough = rate.nomatches >= limits.nomatch_least
        yield Reading(
            NOMATCH,
            node,
            value=rate.now / rate.usual if enough else 0.0,
            limit=times,
            well=WELL * times,
            text=f"{rate.now:.0%} of turns not understood, usually {rate.usual:.0%}",
        )


def _recogniser(tally: Tally, now: float, limits: Thresholds) -> Iterator[Reading]:
    if not limits.recogniser_ms:
        return
    turns, slow = tally.decoded.percentile(SHARE, now)
    limit = limits.recogniser_ms / 1000
    yield Reading(
        SLOW_RECOGNISER,
        "recogniser",
        value=slow if turns >= limits.recogniser_least else 0.0,
        limit=limit,
        well=WELL * limit,
        text=f"a turn in twenty takes the recogniser {1000 * slow:.0f} ms or more",
    )


def _record(health: Health, limits: Thresholds) -> Iterable[Reading]:
    if limits.record_behind:
        yield Reading(
            RECORD_BEHIND,
            "record",
            value=health.behind,
            limit=limits.record_behind,
            well=WELL * limits.record_behind,
            text=f"{limits.record_behind} records or more wait to be written",
        )
    yield Reading(
        RECORD_REFUSES,
        "record",
        value=float(bool(health.refuses)),
        limit=1.0,
        text=f"the record cannot be written: {health.refuses}",
        severity=Severity.CRITICAL,
    )
