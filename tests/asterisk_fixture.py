"""A private Asterisk for tests: one for the whole session, fetched first if the machine has none.

`tests/conftest.py` makes the fixtures known with
`pytest_plugins = ["tests.asterisk_fixture"]`.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.telephony.private_asterisk import (
    AgentPhone,
    AsteriskPlan,
    AsteriskQueue,
    Installation,
    PenaltyChange,
    PenaltyRule,
    PrivateAsterisk,
    find_or_fetch,
    start,
    with_free_ports,
)

AGENT_PASSWORD = "agents-in-tests"
AGENTS = ("li", "wang", "chen")
QUEUES = ("cards", "loans")
TRIES = 3


def plan_for_tests(folder: Path, **changes: object) -> AsteriskPlan:
    """A plan on free ports: agents `li`, `wang`, `chen` register, queues `cards` and `loans`."""
    return with_free_ports(
        AsteriskPlan(
            **{  # type: ignore[arg-type]
                "run_folder": folder,
                "agents": tuple(AgentPhone(name, AGENT_PASSWORD) for name in AGENTS),
                "queues": tuple(AsteriskQueue(name) for name in QUEUES),
                "rules": (PenaltyRule("relax", (PenaltyChange(3, 10),)),),
                "recordings": folder / "recordings",
                "fallback_seconds": 30,
                **changes,
            }
        )
    )


async def start_on_free_ports(
    folder: Path, installation: Installation, **changes: object
) -> PrivateAsterisk:
    """Start one; ports that somebody took in between are chosen anew."""
    for tried in range(1, TRIES + 1):
        try:
            return await start(plan_for_tests(folder, **changes), installation)
        except Exception:
            if tried == TRIES:
                raise
    raise AssertionError("not reached")


@pytest.fixture(scope="session")
def asterisk_installation() -> Installation:
    """An Asterisk on disk."""
    return find_or_fetch(print)


@pytest.fixture(scope="session")
def asterisk(asterisk_installation: Installation) -> Iterator[PrivateAsterisk]:
    """A running Asterisk. Point its hotline at your server with `point_hotline_at`.

    It outlives the event loop of a test, and holds no loop of its own.
    """
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        running = asyncio.run(start_on_free_ports(Path(folder) / "run", asterisk_installation))
        try:
            yield running
        finally:
            asyncio.run(running.stop())


@pytest.fixture
def run_folder() -> Iterator[Path]:
    """A folder whose path is short enough for a control socket."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        yield Path(folder) / "run"
