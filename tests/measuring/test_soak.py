"""A short soak: what forty calls of every ending take, the server gives back."""

import pytest

from ivr.cli.bench.soak import POOLED
from tests.measuring.soak import soak

pytestmark = pytest.mark.asterisk

CALLS = 40
WARM_UP = 20
RSS_MARGIN = 12.0
"""MiB: the first hundred calls fill what is kept; a leak per call shows over many more calls."""


@pytest.mark.timeout(240)
async def test_a_short_soak_leaves_nothing_behind() -> None:
    done: list[int] = []
    result = await soak(CALLS, 6, done.append, WARM_UP, looks=1)
    assert done[-1] == CALLS
    before, after = result.levels
    assert after.rss > 0 and after.blocks > 0
    assert (after.channels, after.sockets) == (0, before.sockets)
    assert after.files <= before.files + POOLED
    assert (after.threads, after.tasks) == (before.threads, before.tasks)
    assert after.rss - before.rss < RSS_MARGIN
    assert result.missed > 0
    assert result.outcomes["transferred"] > 0
    assert result.outcomes["abandoned"] > 0
    assert result.outcomes.keys() <= {"transferred", "abandoned", "caller_hung_up"}
