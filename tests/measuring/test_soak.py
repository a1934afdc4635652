"""A short soak: what sixty calls of every ending take, they give back."""

import pytest

from tests.measuring.soak import soak

pytestmark = pytest.mark.asterisk

CALLS = 60
RSS_MARGIN = 25.0
"""MiB: allocators keep some of what they were given; a leak per call shows over many more calls."""


@pytest.mark.timeout(240)
async def test_a_short_soak_leaves_nothing_behind() -> None:
    done: list[int] = []
    result = await soak(CALLS, 6, done.append)
    assert done[-1] == CALLS
    before, after = result.before, result.after
    assert (after.channels, after.sockets, after.files) == (0, before.sockets, before.files)
    assert (after.threads, after.tasks) == (before.threads, before.tasks)
    assert after.rss - before.rss < RSS_MARGIN
    assert result.outcomes["transferred"] > 0
    assert result.outcomes["abandoned"] > 0
    assert result.outcomes.keys() <= {"transferred", "abandoned", "caller_hung_up"}
