"""Agents reload: the agents file read anew while the hotline runs."""

from dataclasses import replace

from ivr.errors import FlowError, SettingsError
from ivr.flow.issues import Severity
from ivr.flow.nodes.transfer import Transfer
from ivr.routing.agents_file import load_agents
from ivr.routing.needs_lint import lint_needs
from ivr.routing.queues import plan_queues
from ivr.routing.skills import Team
from ivr.server.plans import Plans, shown
from ivr.server.settings import Settings


def reloaded(settings: Settings, plans: Plans) -> Plans:
    """The same flows with the agents as their file says now.

    Raises:
        FlowError: with every fault of the file, or if the flows ask for skills it no longer lists.
        SettingsError: if it cannot be read, or would need queues that Asterisk does not have.
    """
    team = load_agents(shown(settings.path(settings.paths.agents)))
    languages = {language for flow in plans.book for language in flow.languages}
    transfers = [
        (node.name, node.place, node.need)
        for flow in plans.book
        for node in flow.nodes.values()
        if isinstance(node, Transfer)
    ]
    found = lint_needs(transfers, sorted(languages), team)
    if any(issue.severity is Severity.ERROR for issue in found):
        raise FlowError(found)
    queues = plan_queues(
        [need for _, _, need in transfers], languages, team, escalations=True, fronts=True
    )
    if missing := queues.queues.keys() - plans.queues.queues.keys():
        raise SettingsError(
            f"Asterisk was started without the queues {', '.join(sorted(missing))}:"
            " start `ivr serve` again"
        )
    return replace(plans, team=team, queues=queues)


def changed_agents(before: Team, after: Team) -> str:
    """In one line: who came, who left, who changed."""
    old = {one.name: one for one in before.people}
    new = {one.name: one for one in after.people}
    parts = [
        ("added", sorted(new.keys() - old.keys())),
        ("removed", sorted(old.keys() - new.keys())),
        ("changed", sorted(n for n in new.keys() & old.keys() if _differs(old[n], new[n]))),
    ]
    told = [f"{what} {', '.join(names)}" for what, names in parts if names]
    return "; ".join(told) or "nothing changed"


def _differs(one: object, other: object) -> bool:
    return repr(one) != repr(other)
