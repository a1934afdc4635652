"""The plan of one private Asterisk: its folder, ports, names, phones and queues."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ivr.errors import AsteriskError

__all__ = [
    "FALLBACK_QUEUE",
    "AgentPhone",
    "AsteriskPlan",
    "AsteriskQueue",
    "PenaltyChange",
    "PenaltyRule",
    "StaticMember",
    "plan_from_json",
    "plan_to_json",
]

FALLBACK_QUEUE = "fallback"
"""The queue that is always there: whoever the bot lost ends in it."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,63}")
_NUMBER = re.compile(r"[0-9+*#]{1,30}")
_CONTACT = re.compile(r"sips?:(?:[A-Za-z0-9_.+~%-]+@)?[A-Za-z0-9.\[\]:-]+")
_SECRET = re.compile(r"[!-:<-~]{1,80}")
"""Printable ASCII without ";", which begins a comment."""
_UNFIT_MEMBER = re.compile(r"[^!-~]|[,;\[\]]")
"""What would end a member's field or line."""
_HOST = re.compile(r"[A-Za-z0-9._:-]+")
_TAKEN = ("general", "ivr-queue", "default")
_SOCKET_PATH_LIMIT = 107
"""sun_path of unix(7) holds 108 bytes with the closing NUL."""


@dataclass(frozen=True, slots=True)
class AgentPhone:
    """One agent's phone: it registers with a password, or it stands at a fixed contact.

    Its endpoint is `agent-NAME`, so a queue member's interface is `PJSIP/agent-NAME`.
    """

    name: str
    password: str = field(default="", repr=False)
    contact: str = ""

    @property
    def endpoint(self) -> str:
        return f"agent-{self.name}"

    @property
    def interface(self) -> str:
        return f"PJSIP/{self.endpoint}"


@dataclass(frozen=True, slots=True)
class StaticMember:
    """Somebody who answers a queue though nobody adds them over AMI; see queues.conf."""

    interface: str
    penalty: int = 0
    name: str = ""
    state_interface: str = ""


@dataclass(frozen=True, slots=True)
class AsteriskQueue:
    """One queue; callers of the queue with the greater weight are served first."""

    name: str
    weight: int = 0
    members: tuple[StaticMember, ...] = ()


@dataclass(frozen=True, slots=True)
class PenaltyChange:
    """After `after` seconds of waiting, agents up to `max_penalty` may be called."""

    after: int
    max_penalty: int
    min_penalty: int = 0


@dataclass(frozen=True, slots=True)
class PenaltyRule:
    """A named row of penalty changes, see queuerules.conf."""

    name: str
    changes: tuple[PenaltyChange, ...]


@dataclass(frozen=True, slots=True)
class AsteriskPlan:
    """What a private Asterisk is started with. Times are whole seconds.

    `queues` always come to hold `fallback`. No `recordings` folder means no recording.
    `templates` is a folder to use for `asterisk_conf`. `ephemeral` means that `stop` removes the
    run folder.
    """

    run_folder: Path
    sip_port: int = 5060
    ami_port: int = 5038
    rtp_first: int = 12000
    rtp_last: int = 12399
    agi_port: int = 4573
    address: str = "127.0.0.1"
    ami_address: str = "127.0.0.1"
    agi_address: str = "127.0.0.1"
    hotline: str = "1000"
    ami_user: str = "ivr"
    ami_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    agents: tuple[AgentPhone, ...] = ()
    queues: tuple[AsteriskQueue, ...] = ()
    rules: tuple[PenaltyRule, ...] = ()
    recordings: Path | None = None
    templates: Path | None = None
    ring_seconds: int = 15
    wrap_up_seconds: int = 0
    fallback_seconds: int = 120
    ephemeral: bool = True

    def __post_init__(self) -> None:
        """Refuse what Asterisk's settings cannot hold; raises AsteriskError."""
        for name in ("run_folder", "recordings", "templates"):
            if (path := getattr(self, name)) is not None:
                object.__setattr__(self, name, path.absolute())
        if all(queue.name != FALLBACK_QUEUE for queue in self.queues):
            queues = (*self.queues, AsteriskQueue(FALLBACK_QUEUE))
            object.__setattr__(self, "queues", queues)
        _check_names(self)
        _check_numbers(self)
        if len(os.fsencode(self.control_socket)) > _SOCKET_PATH_LIMIT:
            raise AsteriskError(
                f"the run folder's path is too long for a control socket: {self.run_folder}. "
                f"Choose one of at most {_SOCKET_PATH_LIMIT - len('/asterisk.ctl')} bytes."
            )

    @property
    def conf_file(self) -> Path:
        return self.run_folder / "etc" / "asterisk.conf"

    @property
    def control_socket(self) -> Path:
        return self.run_folder / "asterisk.ctl"

    @property
    def log_file(self) -> Path:
        return self.run_folder / "log" / "messages.log"

    @property
    def console_file(self) -> Path:
        """What Asterisk printed before and beside its log."""
        return self.run_folder / "log" / "console.log"

    @property
    def sounds_folder(self) -> Path:
        """Prompts that Asterisk itself speaks: fallback.wav, goodbye.wav."""
        return self.run_folder / "sounds"

    @property
    def music_folder(self) -> Path:
        return self.run_folder / "music"

    @property
    def agi_url(self) -> str:
        return f"agi://{self.agi_address}:{self.agi_port}/call"

    @property
    def hotline_uri(self) -> str:
        """What a softphone dials."""
        return f"sip:{self.hotline}@{self.address}:{self.sip_port}"

    def with_agi(self, address: str, port: int) -> "AsteriskPlan":
        """The same plan, with the bot listening elsewhere."""
        return replace(self, agi_address=address, agi_port=port)


def _check_names(plan: AsteriskPlan) -> None:
    for what, names in (
        ("queue", tuple(queue.name for queue in plan.queues)),
        ("agent", tuple(agent.name for agent in plan.agents)),
        ("penalty rule", tuple(rule.name for rule in plan.rules)),
        ("AMI user", (plan.ami_user,)),
    ):
        for name in names:
            if not _NAME.fullmatch(name) or name in _TAKEN:
                raise AsteriskError(
                    f"{what} name {name!r} cannot be used: letters, digits, '-', '_', '.' and "
                    f"'+', at most 64, and none of {', '.join(_TAKEN)}"
                )
        if len(set(names)) < len(names):
            raise AsteriskError(f"two of the {what} names are the same: {', '.join(names)}")
    for agent in plan.agents:
        _check_agent(agent)
    for queue in plan.queues:
        for member in queue.members:
            _check_member(queue.name, member)
    if not _SECRET.fullmatch(plan.ami_secret):
        raise AsteriskError("the AMI secret must be printable ASCII without blanks and ';'")
    if not _NUMBER.fullmatch(plan.hotline):
        raise AsteriskError(f"the hotline number {plan.hotline!r} cannot be dialled")
    for address in (plan.address, plan.ami_address, plan.agi_address):
        if not _HOST.fullmatch(address):
            raise AsteriskError(f"{address!r} is not an IP address or host name")


def _check_member(queue: str, member: StaticMember) -> None:
    fields = (member.interface, member.state_interface, member.name)
    if not member.interface or any(_UNFIT_MEMBER.search(text) for text in fields):
        raise AsteriskError(f"queue {queue!r}: {member.interface!r} cannot be a member")
    if member.penalty < 0:
        raise AsteriskError(f"queue {queue!r}: {member.interface} has a negative penalty")


def _check_agent(agent: AgentPhone) -> None:
    if bool(agent.password) == bool(agent.contact):
        raise AsteriskError(
            f"agent {agent.name!r} needs a password (the phone registers) or a contact "
            "(it stands at a fixed address), and not both"
        )
    if agent.password and not _SECRET.fullmatch(agent.password):
        raise AsteriskError(
            f"agent {agent.name!r}: the password must be printable ASCII without blanks and ';'"
        )
    if agent.contact and not _CONTACT.fullmatch(agent.contact):
        raise AsteriskError(
            f"agent {agent.name!r}: {agent.contact!r} is not a SIP URI such as "
            "sip:agent@127.0.0.1:5070"
        )


def _check_numbers(plan: AsteriskPlan) -> None:
    ports = {
        "SIP": plan.sip_port,
        "AMI": plan.ami_port,
        "AGI": plan.agi_port,
        "first RTP": plan.rtp_first,
        "last RTP": plan.rtp_last,
    }
    for what, port in ports.items():
        if not 1 <= port <= 65535:
            raise AsteriskError(f"the {what} port {port} is not between 1 and 65535")
    if plan.rtp_last - plan.rtp_first < 9:
        raise AsteriskError(
            f"the RTP ports {plan.rtp_first}-{plan.rtp_last} are too few: a call holds two"
        )
    for rule in plan.rules:
        for change in rule.changes:
            if min(change.after, change.max_penalty, change.min_penalty) < 0:
                raise AsteriskError(f"penalty rule {rule.name!r} has a negative number")


def plan_to_json(plan: AsteriskPlan) -> str:
    """A text that `plan_from_json` reads back; it holds secrets."""
    return json.dumps(asdict(plan), default=str, indent=2)


def plan_from_json(text: str) -> AsteriskPlan:
    """Raises AsteriskError if the text is not a plan of this version."""
    try:
        raw: dict[str, Any] = json.loads(text)
        raw["run_folder"] = Path(raw["run_folder"])
        for name in ("recordings", "templates"):
            raw[name] = Path(raw[name]) if raw[name] else None
        raw["agents"] = tuple(AgentPhone(**agent) for agent in raw["agents"])
        raw["queues"] = tuple(
            AsteriskQueue(
                queue["name"],
                queue["weight"],
                tuple(StaticMember(**member) for member in queue["members"]),
            )
            for queue in raw["queues"]
        )
        raw["rules"] = tuple(
            PenaltyRule(rule["name"], tuple(PenaltyChange(**one) for one in rule["changes"]))
            for rule in raw["rules"]
        )
        return AsteriskPlan(**raw)
    except (ValueError, TypeError, KeyError) as error:
        raise AsteriskError(f"the run folder's plan cannot be read: {error}") from error
