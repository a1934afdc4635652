"""Orders: every change to calls and agents, each passed on to the one place that obeys."""

from typing import Annotated, Any

from fastapi import FastAPI, Path
from starlette.requests import Request

from ivr.server.api.access import caller_of
from ivr.server.api.faults import faults
from ivr.server.api.limits import MAX_WORD
from ivr.server.api.models import (
    AgentTold,
    GotoWords,
    NoWords,
    PauseWords,
    PhoneWords,
    Reloaded,
    TransferWords,
    Word,
)
from ivr.server.api.needs import Needs

_REFUSALS = faults(404, 409, 413, 422, 503, 504)

Call = Annotated[Word, Path(description="The call's id.", max_length=MAX_WORD)]
Agent = Annotated[Word, Path(description="A name of the agents file.", max_length=MAX_WORD)]

_AGENT_ORDERS = {
    "login": ("Offer an agent calls", "Also after a pause that outlived a restart."),
    "logout": ("Offer an agent no calls", "Until they log in, not even after a restart."),
    "resume": ("End an agent's pause", "The agent is offered calls again."),
}

_PHONE_ORDERS = {
    "listen": ("Listen to a call", "The telephone rings and hears both; nobody hears it."),
    "whisper": ("Whisper to the agent", "The telephone hears both; only the agent hears it."),
    "barge": ("Join a call", "The telephone hears both, and both hear it."),
    "takeover": ("Take a call over", "The caller goes on with this telephone."),
}


def add_agent_orders(app: FastAPI, needs: Needs) -> None:
    """Add the orders about agents."""

    async def give(request: Request, order: str, agent: str, **words: str) -> Any:
        caller = caller_of(request)
        told = {"name": agent, **words} if agent else words
        return await needs.orders.give(order, agent, told, caller.name, caller.role.word)

    @app.post(
        "/v1/agents/reload",
        name="agents.reload",
        tags=["orders"],
        summary="Read the agents file anew",
        responses=_REFUSALS,
    )
    async def reload(request: Request, words: NoWords | None = None) -> Reloaded:
        """With a fault in it, all faults are told and the agents stay as they were."""
        return Reloaded.model_validate(await give(request, "agents.reload", ""))

    @app.post(
        "/v1/agents/{name}/pause",
        name="agents.pause",
        tags=["orders"],
        summary="Offer an agent no calls for a while",
        responses=_REFUSALS,
    )
    async def pause(request: Request, name: Agent, words: PauseWords | None = None) -> AgentTold:
        """The reason is shown on the board, and in Asterisk."""
        reason = words.reason if words else PauseWords().reason
        told = await give(request, "agents.pause", name, reason=reason)
        return AgentTold.model_validate(told)

    def simple(order: str, summary: str, description: str) -> None:
        @app.post(
            f"/v1/agents/{{name}}/{order}",
            name=f"agents.{order}",
            tags=["orders"],
            summary=summary,
            description=description,
            responses=_REFUSALS,
        )
        async def told(request: Request, name: Agent, words: NoWords | None = None) -> AgentTold:
            return AgentTold.model_validate(await give(request, f"agents.{order}", name))

    for order, (summary, description) in _AGENT_ORDERS.items():
        simple(order, summary, description)


def add_call_orders(app: FastAPI, needs: Needs) -> None:
    """Add the orders about calls that go on."""

    async def give(request: Request, order: str, call: str, **words: str) -> dict[str, Any]:
        caller = caller_of(request)
        answer = await needs.orders.give(
            order, call, {"call": call, **words}, caller.name, caller.role.word
        )
        return answer if isinstance(answer, dict) else {"done": answer}

    @app.post(
        "/v1/calls/{call}/hangup",
        name="calls.hangup",
        tags=["orders"],
        summary="Hang up a call",
        responses=_REFUSALS,
    )
    async def hangup(request: Request, call: Call, words: NoWords | None = None) -> dict[str, Any]:
        """Ends the call at once, whoever it talks with."""
        return await give(request, "calls.hangup", call)

    @app.post(
        "/v1/calls/{call}/transfer",
        name="calls.transfer",
        tags=["orders"],
        summary="Send a caller to agents with a skill",
        responses=_REFUSALS,
    )
    async def transfer(request: Request, call: Call, words: TransferWords) -> dict[str, Any]:
        """The caller leaves the menus, or the queue, for the queue of that skill."""
        return await give(request, "calls.transfer", call, skill=words.skill)

    @app.post(
        "/v1/calls/{call}/goto",
        name="calls.goto",
        tags=["orders"],
        summary="Send a caller to a node",
        responses=_REFUSALS,
    )
    async def goto(request: Request, call: Call, words: GotoWords) -> dict[str, Any]:
        """The talk goes on at that node of the call's flow."""
        return await give(request, "calls.goto", call, node=words.node)

    def by_phone(order: str, summary: str, description: str) -> None:
        @app.post(
            f"/v1/calls/{{call}}/{order}",
            name=f"calls.{order}",
            tags=["orders"],
            summary=summary,
            description=description,
            responses=_REFUSALS,
        )
        async def told(
            request: Request, call: Call, words: PhoneWords | None = None
        ) -> dict[str, Any]:
            phone = (words.phone if words else "") or caller_of(request).phone
            return await give(request, f"calls.{order}", call, phone=phone)

    for order, (summary, description) in _PHONE_ORDERS.items():
        by_phone(order, summary, description)
