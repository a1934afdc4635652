"""A hotline that starts while its PostgreSQL is away, and goes on when it comes."""

import asyncio
import logging
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Engine, text

from ivr.errors import PeerError
from ivr.server.api.client import api_of
from ivr.store.absences import Absences
from ivr.store.audit import AuditLog
from ivr.store.callbacks import CallbackStore
from ivr.store.database import open_database, reading
from ivr.store.history import History
from tests.calls.guests import PATIENCE, agent, until
from tests.house_fixture import open_hotline, settings_on_free_ports
from tests.phone import Phone
from tests.postgres_fixture import PostgresServer

pytestmark = pytest.mark.asterisk


async def readiness(runs: Path) -> dict[str, Any]:
    """What /readyz says, whatever its status."""
    connector = aiohttp.UnixConnector(str(runs / "api.sock"))
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get("http://localhost/readyz") as answer,
    ):
        return dict(await answer.json())


async def until_ready(runs: Path) -> None:
    async with asyncio.timeout(2 * PATIENCE):
        while not (await readiness(runs))["ready"]:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def kept_alarms(engine: Engine) -> list[str]:
    with reading(engine) as db:
        return list(db.execute(text("SELECT rule FROM alarms")).scalars())


async def test_a_hotline_starts_without_its_record_and_catches_up(
    postgres: PostgresServer, caplog: pytest.LogCaptureFixture
) -> None:
    url = postgres.fresh()  # empty: the tables must be made late
    postgres.stop()
    try:
        with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
            settings = settings_on_free_ports(Path(folder))
            settings = replace(settings, record=replace(settings.record, url=url))
            runs = settings.path(settings.paths.runs)
            async with (
                open_hotline(settings) as hotline,
                Phone() as phone,
                agent(hotline, "wang"),
                api_of(settings, environment={}) as api,
            ):
                said = [r for r in caplog.records if "the record is away" in r.getMessage()]
                assert len(said) == 1 and said[0].levelno == logging.ERROR
                assert "s3cret" not in caplog.text
                await until(
                    lambda: any(a.rule == "record-refuses" for a in hotline.house.board.alarms),
                    "no alarm",
                )
                assert "the record falls behind" in str((await readiness(runs))["reasons"])
                with pytest.raises(PeerError, match="Connection refused"):
                    await api.get("/v1/callbacks")
                await api.post("/v1/agents/wang/pause", {"reason": "meal"})

                call = await phone.dial(hotline.uri, from_user="13812345678", timeout=PATIENCE)
                await call.answered
                await until(lambda: bool(hotline.of_kind("PromptBegan")), "nobody greets")
                assert [r["data"] for r in hotline.of_kind("ProfileMissing")] == [
                    {"why": "StoreError"}
                ]

                postgres.start()
                await until_ready(runs)
                assert await api.get("/v1/callbacks") == []
                await call.hang_up()
                await until(lambda: bool(hotline.of_kind("CallEnded")), "the call does not end")
                ended = hotline.of_kind("CallEnded")[0]["call"]
                spooled = runs / "journal" / f"{ended}.jsonl"
                await until(lambda: not spooled.exists(), "the record does not catch up")
                engine = open_database(url)
                await until(lambda: bool(Absences(engine).load()), "absences are not kept")
                await until(
                    lambda: "record-refuses" in kept_alarms(engine), "the alarm is not kept"
                )
            assert History(engine).records(ended) == [
                r for r in hotline.records if r["call"] == ended
            ]
            assert Absences(engine).load() == {"wang": "meal"}
            assert [one.order for one in AuditLog(engine).last()] == ["agents.pause"]
            assert CallbackStore(engine).open() == []
            engine.dispose()
    finally:
        if postgres.process.poll() is not None:
            postgres.start()
