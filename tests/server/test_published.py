"""The server runs the published flows, and takes another version while it runs."""

import asyncio
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.flow.releases import Releases
from ivr.server import published
from ivr.server.plans import Plans, read_plans
from ivr.server.published import in_force, new_plans, releases_of
from ivr.server.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The bank's draft in a folder of its own, nothing published yet."""
    monkeypatch.setattr(published, "LOOK_SECONDS", 0.01)
    shutil.copytree(ROOT / "flows" / "bank", tmp_path / "bank")
    base = load_settings(environment={})
    paths = replace(base.paths, flow=tmp_path / "bank", published=tmp_path / "published")
    return replace(base, paths=paths)


def change(settings: Settings, old: str, new: str) -> None:
    file = settings.paths.flow / "bank.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def publish(settings: Settings) -> str:
    return releases_of(settings).publish(settings.paths.flow).id


def test_the_draft_runs_until_something_is_published(settings: Settings) -> None:
    assert in_force(settings) == settings
    first = publish(settings)
    change(settings, "感谢您的来电", "谢谢")
    plans = read_plans(in_force(settings))
    assert (plans.book.version, plans.flow) == (first, "bank")


async def told(caplog: pytest.LogCaptureFixture, text: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while text not in caplog.text:  # noqa: ASYNC110 - the log tells nobody
            await asyncio.sleep(0.01)


async def next_plans(settings: Settings, running: Plans) -> Plans:
    async with asyncio.timeout(PATIENCE):
        return await anext(new_plans(settings, lambda: running))


async def test_a_new_version_is_taken_while_the_server_runs(settings: Settings) -> None:
    running = read_plans(settings)
    waiting = asyncio.ensure_future(next_plans(settings, running))
    change(settings, "感谢您的来电", "谢谢")
    version = await asyncio.to_thread(publish, settings)
    plans = await waiting
    assert plans.book.version == version != running.book.version
    assert plans.queues == running.queues


async def test_a_version_that_cannot_run_is_told_and_not_taken(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    running = read_plans(settings)
    waiting = asyncio.ensure_future(next_plans(settings, running))
    change(settings, "skills: {wealth: 3}", "skills: {wealth: 2, forex: 1}")
    refused = await asyncio.to_thread(publish, settings)
    await told(caplog, refused)
    assert refused in caplog.text and "queues that Asterisk was not started with" in caplog.text
    change(settings, "skills: {wealth: 2, forex: 1}", "skills: {wealth: 3}")
    change(settings, "感谢您的来电", "谢谢")
    good = await asyncio.to_thread(publish, settings)
    assert (await waiting).book.version == good


async def test_a_damaged_version_is_told_and_not_taken(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    running = read_plans(settings)
    change(settings, "感谢您的来电", "谢谢")
    releases: Releases = releases_of(settings)
    release = releases.publish(settings.paths.flow)
    file = release.path / "bank.yaml"
    file.chmod(0o644)
    file.write_text("flow: bank\n", encoding="utf-8")
    waiting = asyncio.ensure_future(next_plans(settings, running))
    await told(caplog, "was changed after")
    waiting.cancel()
