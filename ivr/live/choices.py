"""Choices: what orders may name now: nodes, skills, telephones and queues, as JSON-able rows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

AGENT, SUPERVISOR = "agent", "supervisor"


@dataclass(frozen=True, slots=True)
class NodeChoice:
    """One node: `node` is what `goto` takes, `kind` says what happens there, such as menu."""

    node: str
    kind: str


@dataclass(frozen=True, slots=True)
class FlowChoice:
    """One flow and its nodes, as written."""

    flow: str
    nodes: tuple[NodeChoice, ...]


@dataclass(frozen=True, slots=True)
class SkillChoice:
    """One skill that `transfer` takes, and what the agents file says it means."""

    skill: str
    meaning: str


@dataclass(frozen=True, slots=True)
class PhoneChoice:
    """One person whose telephone can ring: `role` is agent or supervisor."""

    phone: str
    title: str
    role: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What orders may name now. `version` is that of the flows.

    Asked about one call, `flows` are those it is in, the nearest first, of the version it keeps to
    its end; none for a call that no flow leads. Else they are all flows of the version in force.
    """

    version: str = ""
    flows: tuple[FlowChoice, ...] = ()
    skills: tuple[SkillChoice, ...] = ()
    phones: tuple[PhoneChoice, ...] = ()
    queues: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """As JSON-able values; `choices_from` reads it back."""
        return asdict(self)


def choices_from(record: Mapping[str, Any]) -> Choices:
    """The choices that `Choices.record` wrote.

    Raises:
        KeyError, TypeError, ValueError: if they are not understood.
    """
    return Choices(
        str(record["version"]),
        tuple(
            FlowChoice(
                str(flow["flow"]),
                tuple(NodeChoice(str(one["node"]), str(one["kind"])) for one in flow["nodes"]),
            )
            for flow in record["flows"]
        ),
        tuple(SkillChoice(str(one["skill"]), str(one["meaning"])) for one in record["skills"]),
        tuple(
            PhoneChoice(str(one["phone"]), str(one["title"]), str(one["role"]))
            for one in record["phones"]
        ),
        tuple(str(queue) for queue in record["queues"]),
    )
