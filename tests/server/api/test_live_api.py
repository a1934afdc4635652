"""The control API of a real hotline with a real call, by both of its doors."""

import asyncio
import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ivr.errors import PeerError
from ivr.server.api.client import Api, api_of
from ivr.server.api.tokens import Tokens
from ivr.server.control.roles import Role
from ivr.telephony.private_asterisk import free_port
from tests.calls.guests import PATIENCE, agent, until
from tests.house_fixture import open_hotline, settings_on_free_ports
from tests.phone import Phone

pytestmark = pytest.mark.asterisk


async def until_calls(api: Api, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE):
        while len(found := await api.get("/v1/calls")) != count:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return list(found)


async def test_a_call_watched_and_ended_by_both_doors() -> None:
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        settings = settings_on_free_ports(Path(folder))
        port = free_port(socket.SOCK_STREAM)
        settings = replace(settings, api=replace(settings.api, port=port))
        runs = settings.path(settings.paths.runs)
        async with (
            open_hotline(settings) as hotline,
            Phone() as phone,
            agent(hotline, "wang"),
            api_of(settings, environment={}) as local,
        ):
            token = Tokens(runs).add("gu", Role.SUPERVISOR, "gu")  # while the server runs
            url = f"http://127.0.0.1:{port}"
            async with api_of(settings, url, token, {}) as remote:
                assert await remote.get("/readyz") == {"ready": True, "reasons": []}
                call = await phone.dial(hotline.uri, timeout=PATIENCE)
                await call.answered
                (row,) = await until_calls(remote, 1)
                assert row["stage"] == "talking" and row["flow"]
                lines: list[dict[str, Any]] = []

                async def follow() -> None:
                    async for message in remote.stream(f"/v1/calls/{row['call']}/stream"):
                        lines.append(message["line"])

                async with asyncio.TaskGroup() as group:
                    group.create_task(follow())
                    await until(lambda: any(one["who"] == "bot" for one in lines), "no line")
                    metrics = await local.get("/metrics")
                    assert 'ivr_calls{stage="talking"} 1.0' in metrics
                    await local.post("/v1/agents/wang/pause", {"reason": "meal"})
                    with pytest.raises(PeerError, match="needs the role admin"):
                        await remote.post("/v1/agents/reload")
                    await remote.post(f"/v1/calls/{row['call']}/hangup")
                    async with asyncio.timeout(PATIENCE):
                        await call.ended
                await until_calls(local, 0)  # and the stream ended in good order
                assert lines[0]["who"] == "call"

                async with asyncio.timeout(PATIENCE):  # until the recorder has written it
                    while not (page := await remote.get("/v1/history"))["calls"]:  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                assert page["calls"][0]["call"] == row["call"]
                with pytest.raises(PeerError, match="has ended"):
                    await remote.post(f"/v1/calls/{row['call']}/hangup")
                audited = [
                    (one["who"], one["order"], one["result"])
                    for one in reversed(await local.get("/v1/audit"))
                ]
                assert audited == [
                    ("local", "agents.pause", "done"),
                    ("gu", "agents.reload", "refused"),
                    ("gu", "calls.hangup", "done"),
                    ("gu", "calls.hangup", "failed"),
                ]
                Tokens(runs).revoke("gu")
                with pytest.raises(PeerError, match="not known"):
                    await remote.get("/v1/picture")
        with pytest.raises(PeerError, match="ivr serve"):
            async with api_of(settings, environment={}) as nobody:
                await nobody.get("/healthz")
