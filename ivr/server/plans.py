"""Plans: what flows and agents together ask of Asterisk, checked before anything listens."""

from dataclasses import dataclass
from pathlib import Path

from ivr.dialogue.intents.of_book import fault_of
from ivr.errors import FlowError, SettingsError
from ivr.flow.issues import Issue, Severity, in_order
from ivr.flow.library import load_book
from ivr.flow.model import FlowBook
from ivr.flow.nodes.transfer import Transfer
from ivr.routing.agents_file import load_agents
from ivr.routing.needs_lint import lint_needs
from ivr.routing.queues import QueuePlan, plan_queues
from ivr.routing.skills import Team
from ivr.server.ami_secret import kept_secret
from ivr.server.phones import phone_passwords
from ivr.server.settings import Settings
from ivr.telephony.private_asterisk import AsteriskPlan
from ivr.telephony.private_asterisk.routing_plan import (
    agent_phones,
    asterisk_queues,
    asterisk_rules,
)
from ivr.training.intents.staleness import stale_intents

START_FLOW = "main"
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Plans:
    """One checked set of flows and agents, and the queues they need."""

    book: FlowBook
    flow: str
    """The flow that a call begins with."""
    team: Team
    queues: QueuePlan
    warnings: tuple[Issue, ...]


def read_plans(settings: Settings) -> Plans:
    """Read and check the flows and the agents file.

    Raises:
        FlowError: with every fault of both.
        SettingsError: if a file is missing or no flow is the first.
    """
    folder = shown(settings.path(settings.paths.flow))
    faults: list[Issue] = []
    book = team = None
    try:
        book = load_book(folder)
    except FlowError as error:
        faults += error.issues
    try:
        team = load_agents(shown(settings.path(settings.paths.agents)))
    except FlowError as error:
        faults += error.issues
    if book is None or team is None:
        raise FlowError(faults)
    languages = {language for flow in book for language in flow.languages}
    transfers = [
        (node.name, node.place, node.need)
        for flow in book
        for node in flow.nodes.values()
        if isinstance(node, Transfer)
    ]
    found = lint_needs(transfers, sorted(languages), team)
    if any(issue.severity is Severity.ERROR for issue in found):
        raise FlowError(found)
    if fault := fault_of(book):
        message = f"{fault}; calls do without it"
        where = book.intents.file if book.intents else ""
        found = (*found, Issue("intents-unread", Severity.WARNING, where, 1, 1, "", message))
    if stale := stale_intents(folder, book):
        found = (*found, stale)
    return Plans(
        book=book,
        flow=_start_flow(book, folder.stem),
        team=team,
        queues=plan_queues(
            [need for _, _, need in transfers], languages, team, escalations=True, fronts=True
        ),
        warnings=in_order([*book.issues, *found]),
    )


def shown(path: Path) -> Path:
    """Relative to where we are, if it is below: that is how people want faults named."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _start_flow(book: FlowBook, folder: str) -> str:
    names = list(book.flows)
    for name in (START_FLOW, folder):
        if name in names:
            return name
    if len(names) == 1:
        return names[0]
    raise SettingsError(
        f"no flow is the first: name one of {', '.join(names)} {START_FLOW!r} or {folder!r}"
    )


def plan_asterisk(settings: Settings, plans: Plans) -> AsteriskPlan:
    """The Asterisk that serves these plans, ours or one that is there already.

    Without `asterisk.ami_secret` in the settings the secret is one kept in the run folder, so that
    `ivr asterisk start` and `ivr serve` agree.

    Raises:
        AsteriskError: for a value Asterisk's settings cannot hold.
        SettingsError: if the agents' phone passwords or the AMI secret cannot be kept.
    """
    asterisk, server = settings.asterisk, settings.server
    runs = settings.path(settings.paths.runs)
    external = asterisk.mode == "external"
    return AsteriskPlan(
        run_folder=runs / "asterisk",
        address=asterisk.address,
        sip_port=asterisk.sip_port,
        # Ours listens for its manager on loopback, wherever its phones are.
        ami_address=asterisk.address if external else LOOPBACK,
        ami_port=asterisk.ami_port,
        ami_user=asterisk.ami_user,
        ami_secret=asterisk.ami_secret or kept_secret(runs),
        rtp_first=asterisk.rtp_ports[0],
        rtp_last=asterisk.rtp_ports[1],
        agi_address=server.address,
        agi_port=server.agi_port,
        agents=agent_phones(plans.team, phone_passwords(plans.team, runs)),
        queues=asterisk_queues(plans.queues),
        rules=asterisk_rules(plans.queues),
        recordings=runs / "recordings" if asterisk.record_calls else None,
        ring_seconds=asterisk.ring_seconds,
        wrap_up_seconds=asterisk.wrap_up_seconds,
    )
