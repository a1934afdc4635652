"""Who answers calls: agents, their skills with proficiency, their tier and their presence."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from ivr.flow.need import LANGUAGE_PREFIX, MAX_PROFICIENCY, MIN_PROFICIENCY
from ivr.flow.steps import Tier

MAX_NAME = 40
MAX_INTERFACE = 80
MAX_CONTACT = 200

_AGENT_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SKILL_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")
_INTERFACE = re.compile(r"PJSIP/[A-Za-z0-9_.-]+|Local/[A-Za-z0-9_.-]+@[A-Za-z0-9_-]+(/n)?")
_CONTACT = re.compile(r"sips?:[A-Za-z0-9_.\[\]:@;=-]+")


class Presence(StrEnum):
    """What an agent is doing now; only a ready one is offered calls."""

    READY = "ready"
    RINGING = "ringing"
    BUSY = "busy"
    WRAP_UP = "wrap-up"
    PAUSED = "paused"
    OFFLINE = "offline"

    @property
    def logged_in(self) -> bool:
        """True where the agent will take calls again without doing anything: worth waiting for."""
        return self in _LOGGED_IN


_LOGGED_IN = frozenset({Presence.READY, Presence.RINGING, Presence.BUSY, Presence.WRAP_UP})


@dataclass(frozen=True, slots=True)
class Agent:
    """One person who answers calls.

    `interface` is the channel app_queue rings, such as `PJSIP/agent-wang`. `contact` is a fixed SIP
    address for a telephone that does not register. A language is a skill named `language.zh`.

    Raises:
        ValueError: for a name, interface, contact, skill or proficiency that cannot be used.
    """

    name: str
    interface: str
    skills: Mapping[str, int]
    tier: Tier = Tier.GENERAL
    title: str = ""
    contact: str = ""
    state_interface: str = ""

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise ValueError(f"agent {self.name!r}: {'; '.join(faults)}")
        object.__setattr__(self, "skills", MappingProxyType(dict(self.skills)))

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def languages(self) -> tuple[str, ...]:
        """Codes of the languages spoken, sorted."""
        return tuple(sorted(skill_language(skill) for skill in self.skills if is_language(skill)))


@dataclass(frozen=True, slots=True)
class Supervisor:
    """One person who steers calls and is in no queue; `interface` and `contact` as for agents.

    Raises:
        ValueError: for a name, interface or contact that cannot be used.
    """

    name: str
    interface: str
    title: str = ""
    contact: str = ""

    def __post_init__(self) -> None:
        faults = agent_name_fault(self.name), interface_fault(self.interface)
        if told := "; ".join(filter(None, (*faults, contact_fault(self.contact)))):
            raise ValueError(f"supervisor {self.name!r}: {told}")


@dataclass(frozen=True, slots=True)
class Team:
    """Every agent and supervisor of the hotline, and the skills that exist with what each means.

    Raises:
        ValueError: if two people share a name or a telephone.
    """

    agents: tuple[Agent, ...]
    skills: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    supervisors: tuple[Supervisor, ...] = ()

    def __post_init__(self) -> None:
        for kind in ("name", "interface"):
            seen: set[str] = set()
            for one in self.people:
                value = getattr(one, kind)
                if value in seen:
                    raise ValueError(f"two agents have the {kind} {value!r}")
                seen.add(value)

    @property
    def people(self) -> tuple[Agent | Supervisor, ...]:
        """Everybody who has a telephone."""
        return (*self.agents, *self.supervisors)

    def person(self, name: str) -> Agent | Supervisor | None:
        """The agent or supervisor of that name, if there is one."""
        return next((one for one in self.people if one.name == name), None)

    def agent(self, name: str) -> Agent | None:
        """The agent of that name, if there is one."""
        return next((agent for agent in self.agents if agent.name == name), None)


def is_language(skill: str) -> bool:
    """True for a skill such as `language.zh`."""
    return skill.startswith(LANGUAGE_PREFIX)


def skill_language(skill: str) -> str:
    """`zh` of `language.zh`."""
    return skill.removeprefix(LANGUAGE_PREFIX)


def agent_name_fault(name: str) -> str:
    """Why `name` cannot name an agent, or nothing."""
    if _AGENT_NAME.fullmatch(name) and len(name) <= MAX_NAME:
        return ""
    return (
        f"{_show(name)} is not an agent's name: small letters, digits, _ and -, "
        f"a letter first, at most {MAX_NAME}"
    )


def skill_name_fault(name: str) -> str:
    """Why `name` cannot name a skill, or nothing."""
    if _SKILL_NAME.fullmatch(name) and len(name) <= MAX_NAME:
        return ""
    return (
        f"{_show(name)} is not a skill's name: small letters, digits and _, "
        f"such as card_loss or language.zh, at most {MAX_NAME}"
    )


def interface_fault(interface: str) -> str:
    """Why app_queue cannot ring `interface`, or nothing."""
    if _INTERFACE.fullmatch(interface) and len(interface) <= MAX_INTERFACE:
        return ""
    return f"{_show(interface)} is not a telephone: expected PJSIP/NAME or Local/NUMBER@CONTEXT"


def contact_fault(contact: str) -> str:
    """Why `contact` is no SIP address, or nothing; none at all is fine."""
    if not contact or (_CONTACT.fullmatch(contact) and len(contact) <= MAX_CONTACT):
        return ""
    return f"{_show(contact)} is not a SIP address: expected something like sip:10.0.0.21:5060"


def proficiency_fault(level: object) -> str:
    """Why `level` is no proficiency, or nothing."""
    if type(level) is int and MIN_PROFICIENCY <= level <= MAX_PROFICIENCY:
        return ""
    return (
        f"{_show(level)} is not a proficiency: expected a whole number "
        f"from {MIN_PROFICIENCY} (learning) to {MAX_PROFICIENCY} (master)"
    )


def _faults(agent: Agent) -> Iterator[str]:
    yield from filter(
        None,
        (
            agent_name_fault(agent.name),
            interface_fault(agent.interface),
            interface_fault(agent.state_interface) if agent.state_interface else "",
            contact_fault(agent.contact),
            "" if agent.skills else "has no skills",
            *(skill_name_fault(skill) for skill in agent.skills),
            *(proficiency_fault(level) for level in agent.skills.values()),
        ),
    )


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_NAME + 20 else f"{text[: MAX_NAME + 17]}..."
