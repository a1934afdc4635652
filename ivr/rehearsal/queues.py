"""Queues: which queue a transfer of a rehearsed call would lead to, if all agents were there."""

from ivr.flow.model import FlowBook
from ivr.flow.need import Need, with_language
from ivr.flow.nodes.transfer import Transfer
from ivr.rehearsal.expectation import QueueOf
from ivr.routing.queues import plan_queues
from ivr.routing.skills import Team


def queues_for(book: FlowBook, team: Team) -> QueueOf:
    """By the same plan as the server's; a need that no queue serves leads to none ("")."""
    needs = [
        node.need for flow in book for node in flow.nodes.values() if isinstance(node, Transfer)
    ]
    languages = {language for flow in book for language in flow.languages}
    plan = plan_queues(needs, languages, team)

    def queue_of(need: Need, language: str) -> str:
        queue = plan.queue_for(with_language(need, language))
        return queue.name if queue is not None else ""

    return queue_of
