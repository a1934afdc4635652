"""Picture: everything a supervisor sees at one moment, as frozen, JSON-able rows.

Moments are seconds since the epoch. Texts hold no digits of callers.
"""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any


class Stage(StrEnum):
    """With whom a caller is now."""

    TALKING = "talking"
    """With the hotline itself."""

    WAITING = "waiting"
    """In a queue."""

    CONNECTED = "connected"
    """With an agent or a supervisor."""


class Severity(StrEnum):
    """How bad an alarm is."""

    WARNING = "warning"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call that goes on.

    `since` is when its stage began; `joined` when the caller first began to wait, 0 before that;
    `position` is the place in the queue, 0 outside one. `annoyance` is the last turn's estimate,
    0 to 1. `caller` shows the last four digits at most. `adopted`: found in Asterisk after a
    restart of the server, so that only its queue and agent are known.
    """

    call: str
    began: float
    stage: Stage
    since: float
    caller: str = ""
    called: str = ""
    flow: str = ""
    node: str = ""
    language: str = ""
    intent: str = ""
    queue: str = ""
    position: int = 0
    joined: float = 0.0
    agent: str = ""
    annoyance: float = 0.0
    annoyed: bool = False
    nomatches: int = 0
    turns: int = 0
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One queue. `oldest` is when the caller who waits longest joined, 0 if nobody waits.

    `answered`, `in_time` (answered within `goal` seconds) and `abandoned` count this day's calls;
    `waited` is the mean wait of the answered ones.
    """

    queue: str
    waiting: int = 0
    oldest: float = 0.0
    free: int = 0
    busy: int = 0
    away: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    waited: float = 0.0
    goal: float = 20.0

    @property
    def service_level(self) -> float | None:
        """The part of callers, 0 to 1, answered in time; None before there were any."""
        offered = self.answered + self.abandoned
        return self.in_time / offered if offered else None


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent; `presence` as `ivr.routing.skills.Presence`, `since` when it began."""

    agent: str
    title: str = ""
    tier: str = ""
    presence: str = "offline"
    reason: str = ""
    since: float = 0.0
    call: str = ""
    skills: tuple[str, ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """One alarm that stands. `rule` and `subject` (a queue, a node, a skill) identify it."""

    rule: str
    subject: str
    text: str
    raised: float
    severity: Severity = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it at `at`. `linked` is False while Asterisk's manager cannot be reached: queues and
    agents are then as they were last seen."""

    at: float
    linked: bool = True
    calls: tuple[CallRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()
    agents: tuple[AgentRow, ...] = ()
    alarms: tuple[AlarmRow, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON-able values; `ivr.live.picture.from_record` reads it back."""
        return asdict(self)


def from_record(record: dict[str, Any]) -> Picture:
    """The picture that `Picture.record` wrote; names a newer server added are passed over."""

    def rows(kind: type[Any], name: str) -> tuple[Any, ...]:
        known = {field.name for field in fields(kind)}
        return tuple(
            kind(**{field: _typed(field, value) for field, value in one.items() if field in known})
            for one in record.get(name, ())
        )

    return Picture(
        at=float(record["at"]),
        linked=bool(record.get("linked", True)),
        calls=rows(CallRow, "calls"),
        queues=rows(QueueRow, "queues"),
        agents=rows(AgentRow, "agents"),
        alarms=rows(AlarmRow, "alarms"),
    )


def _typed(field: str, value: Any) -> Any:
    match field:
        case "stage":
            return Stage(value)
        case "severity":
            return Severity(value)
        case "skills":
            return tuple(value)
    return value
