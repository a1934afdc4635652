"""Limits: how much, how long and how often anybody may ask the control API for something."""

import time
from collections import OrderedDict

from ivr.ports import Clock

MAX_CONNECTIONS = 200
"""Open connections of one door."""
MAX_STREAMS = 64
"""Open WebSockets of both doors."""
MAX_HEAD = 16 * 1024
"""Bytes of a request's line and headers."""
MAX_TARGET = 4096
"""Bytes of a path with its query."""
MAX_BODY = 64 * 1024
MAX_WORD = 160
"""Characters of one word of an order, or of one filter."""
MAX_PAGE = 500
"""Rows of one answer."""
HEAD_SECONDS = 10.0
"""For sending a request's line and headers."""
BODY_SECONDS = 10.0
WRITE_SECONDS = 10.0
"""How long a client may take nothing of what is sent to it."""
IDLE_SECONDS = 15
"""How long an idle connection is kept."""
QUERY_SECONDS = 15.0
"""For one question to the record, and for waiting until it is its turn."""
ASKING_SECONDS = 8.0
"""For the database to answer one, less than a connection to PostgreSQL may be silent."""
MAX_QUERIES = 16
"""Questions to the record that wait at a time."""

WRONG_TOKENS = 10
"""Wrong tokens that one address may show in a row; then one a second."""
TOKENLESS_ORDERS = 50
"""Orders without a token of one address that are written down in a row; then one a second."""
MAX_ADDRESSES = 1000


class Patience:
    """So many in a row of one address, then one a second; each address has its own."""

    def __init__(self, burst: int, clock: Clock = time.monotonic) -> None:
        self._burst = float(burst)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def takes(self, address: str) -> bool:
        """Count one more; False if these are too many."""
        now = self._clock()
        left, since = self._left.pop(address, (self._burst, now))
        left = min(self._burst, left + now - since)
        within = left >= 1
        self._left[address] = (left - 1 if within else left, now)
        while len(self._left) > MAX_ADDRESSES:
            self._left.popitem(last=False)
        return within
