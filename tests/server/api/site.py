"""A control API with both doors and a real record, over a picture that the test paints."""

import asyncio
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Engine

from ivr.live.choices import Choices, FlowChoice, NodeChoice, PhoneChoice, SkillChoice
from ivr.live.picture import AgentRow, AlarmRow, CallRow, Picture, QueueRow, Stage
from ivr.server.api.client import SOCKET_NAME, Api
from ivr.server.api.house_api import Control
from ivr.server.api.opening import Doors, open_doors
from ivr.server.api.readiness import Readiness
from ivr.server.control.roles import Role
from ivr.server.settings import ApiSettings
from ivr.store.audit import AuditLog
from ivr.store.database import default_url, open_database
from ivr.telephony.private_asterisk import free_port

CALL = "1700000000.7"
NOW = 1_700_000_100.0


def painted(*calls: str) -> Picture:
    """A picture with these calls, one queue, one agent and one alarm."""
    rows = tuple(
        CallRow(
            call, NOW - 60, Stage.WAITING, NOW - 30, node="main", queue="loans", joined=NOW - 30
        )
        for call in calls or (CALL,)
    )
    return Picture(
        NOW,
        True,
        rows,
        (QueueRow("loans", waiting=len(rows)),),
        (AgentRow("wang", "王", presence="ready", skills=("loans",)),),
        (AlarmRow("queue-longest", "loans", "somebody waits for 61 s", NOW - 1),),
    )


def offered(call: str = "") -> Choices:
    """What orders may name: a few of each; of a call, its own flow."""
    main = FlowChoice("main", (NodeChoice("main", "menu"), NodeChoice("loans", "transfer")))
    return Choices(
        "v1",
        (main,) if call else (main, FlowChoice("identify", (NodeChoice("card", "collect"),))),
        (SkillChoice("loans", "mortgages"), SkillChoice("card_loss", "lost cards")),
        (PhoneChoice("gu", "顾主管", "supervisor"), PhoneChoice("wang", "王静", "agent")),
        ("loans", "fallback"),
    )


class Painted:
    """A board that shows what it is told to."""

    def __init__(self) -> None:
        self.shown = painted()

    def picture(self, now: float) -> Picture:
        return self.shown


@dataclass
class Obedient:
    """Obeys by writing down what it was told; fails where it is told to."""

    obeyed: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    failure: Exception | None = None
    stuck: asyncio.Event | None = None

    async def obey(self, name: str, words: Mapping[str, str]) -> Any:
        if self.stuck is not None:
            await self.stuck.wait()
        if self.failure is not None:
            raise self.failure
        self.obeyed.append((name, dict(words)))
        if name == "agents.reload":
            return {"changed": "nothing"}
        if name.startswith("agents."):
            return {"name": words["name"], "reason": words.get("reason", "")}
        return {"call": words["call"]} if "call" in words else {"id": words["id"]}


@dataclass
class Site:
    """The API as it stands, and what is behind it."""

    runs: Path
    port: int
    board: Painted
    orders: Obedient
    control: Control
    doors: Doors
    engine: Engine
    readiness: Readiness
    tokens: dict[Role, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def api(self, role: Role | None = None) -> Api:
        """A client by TCP with a token of this role; by the Unix socket where none is named."""
        if role is None:
            return Api("http://localhost", socket=self.runs / SOCKET_NAME)
        return Api(self.url, token=self.tokens.get(role, ""))

    def headers(self, role: Role) -> dict[str, str]:
        token = self.tokens.get(role)
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def status(
        self, method: str, path: str, role: Role = Role.ADMIN, **more: Any
    ) -> tuple[int, dict[str, Any]]:
        """The status and JSON body of one request by TCP."""
        headers = {**self.headers(role), **more.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, self.url + path, headers=headers, **more) as answer,
        ):
            body = await answer.json() if "json" in answer.content_type else {}
            return answer.status, body

    def audited(self) -> list[tuple[str, str, str, str, str]]:
        """Every entry, the oldest first: who, role, order, subject, result."""
        return [
            (one.who, one.role, one.order, one.subject, one.result)
            for one in reversed(AuditLog(self.engine).last(500))
        ]


@asynccontextmanager
async def open_site() -> AsyncIterator[Site]:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        runs = Path(folder)
        engine = open_database(default_url(runs))
        settings = ApiSettings(port=free_port(socket.SOCK_STREAM))
        board, orders, readiness = Painted(), Obedient(), Readiness()
        async with open_doors(runs, settings) as doors:
            tokens = {
                role: doors.tokens.add(role.word, role)
                for role in (Role.VIEWER, Role.SUPERVISOR, Role.ADMIN)
            }
            control = Control(
                board, orders, offered, engine, doors, readiness, lambda picture: b"calls 1\n"
            )
            async with control.open():
                yield Site(
                    runs,
                    settings.port,
                    board,
                    orders,
                    control,
                    doors,
                    engine,
                    readiness,
                    tokens,
                )
        engine.dispose()
