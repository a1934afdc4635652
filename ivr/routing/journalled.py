"""Journalled calls: what the journals of real calls say about waiting -> calls to simulate."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.dialogue.actions import StartTransfer
from ivr.dialogue.records import action_from
from ivr.flow.need import Need, with_language
from ivr.routing.simulation import SimulatedCall

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """One transfer that really happened; `joined` is in seconds since the epoch.

    `waited` and `talked` are seconds; `agent` is empty for a caller whom nobody answered.
    """

    call_id: str
    joined: float
    need: Need
    language: str
    queue: str
    waited: float
    talked: float
    agent: str


def queued_calls(records: Sequence[Record]) -> list[QueuedCall]:
    """The transfers of one call's journal that came to their end."""
    began, found = 0.0, []
    start: StartTransfer | None = None
    queue, since, agent, answered = "", 0.0, "", math.nan
    for record in records:
        at, data = float(record["at"]), record["data"]
        match record["kind"]:
            case "CallStarted":
                began = datetime.fromisoformat(data["now"]).timestamp() - at
            case "StartTransfer":
                order = action_from({"is": "StartTransfer", **data})
                start = order if isinstance(order, StartTransfer) else None
                queue, agent, answered = "", "", math.nan
            case "QueueChosen" if not queue:
                queue, since = data["queue"], at
            case "AgentAnswered" | "TakenOver" if not agent:
                agent, answered = data["agent"], at
            case "TransferEnded" if start is not None and queue:
                until = answered if agent else at
                talked = at - answered if agent else 0.0
                call_id = str(record.get("call", ""))
                need = with_language(start.need, start.language)
                found.append(
                    QueuedCall(
                        call_id,
                        began + since,
                        need,
                        start.language,
                        queue,
                        until - since,
                        talked,
                        agent,
                    )
                )
                start = None
    return found


def to_simulate(calls: Iterable[QueuedCall]) -> tuple[SimulatedCall, ...]:
    """These calls as the simulator plays them, the first at 0.

    How long an answered caller would have waited nobody knows: as long as the flow lets them. How
    long a caller who gave up would have talked: the mean of those who did talk.
    """
    ordered = sorted(calls, key=lambda call: call.joined)
    talks = [call.talked for call in ordered if call.agent]
    usual = sum(talks) / len(talks) if talks else 0.0
    return tuple(
        SimulatedCall(
            arrives=call.joined - ordered[0].joined,
            kind=call.queue,
            need=call.need,
            language=call.language,
            patience=float(call.need.timeout) if call.agent else call.waited,
            service=call.talked if call.agent else usual,
        )
        for call in ordered
    )
