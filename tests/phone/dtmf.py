"""Keys as RFC 4733 telephone events: the packets of a press, and the keys in packets that came."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

KEYS = "0123456789*#ABCD"
EVENT = struct.Struct("!BBH")
VOLUME = 10
"""Level of the tone that the event stands for, in -dBm0."""

STEP = 160
"""Samples between two packets of one event (20 ms)."""

END_PACKETS = 3
"""The end is sent three times (section 2.5.1.4), so that a lost packet loses no key."""


@dataclass(frozen=True, slots=True)
class KeyPacket:
    """One packet of a press; `marker` is set on the first only."""

    payload: bytes
    marker: bool
    end: bool


def key_packets(key: str, milliseconds: int) -> Iterator[KeyPacket]:
    """The packets of one press, to be sent 20 ms apart with one RTP timestamp.

    Raises:
        ValueError: if there is no such key, or the press is under 40 ms or over 8 s.
    """
    if len(key) != 1 or key not in KEYS:
        raise ValueError(f"no such key: one of {KEYS} is needed")
    if not 40 <= milliseconds <= 8000:
        raise ValueError(f"a press lasts 40 to 8000 ms, not {milliseconds}")
    event, steps = KEYS.index(key), milliseconds // 20
    for step in range(1, steps + 1):
        yield KeyPacket(EVENT.pack(event, VOLUME, step * STEP), step == 1, end=False)
    for _ in range(END_PACKETS):
        yield KeyPacket(EVENT.pack(event, 0x80 | VOLUME, steps * STEP), marker=False, end=True)


class KeyReader:
    """Makes keys of event packets: each press once, however many of its packets came."""

    def __init__(self) -> None:
        self._pending: tuple[int, str] | None = None
        self._done: int | None = None

    def read(self, payload: bytes, timestamp: int) -> str:
        """The keys that this packet completes: one, none (""), or two when an end was lost."""
        if len(payload) < EVENT.size:
            return ""
        event, flags, _ = EVENT.unpack_from(payload)
        if event >= len(KEYS) or timestamp == self._done:
            return ""
        keys = ""
        if self._pending is not None and self._pending[0] != timestamp:
            keys, self._done = self._pending[1], self._pending[0]
        self._pending = (timestamp, KEYS[event])
        if flags & 0x80:
            keys += KEYS[event]
            self._pending, self._done = None, timestamp
        return keys
