"""RFC 4733 keys: what is sent, and what is made of what comes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.phone.dtmf import KEYS, KeyReader, key_packets


def test_a_press_grows_and_ends_three_times() -> None:
    packets = list(key_packets("5", 100))
    assert [packet.marker for packet in packets] == [True] + [False] * 7
    assert [packet.end for packet in packets] == [False] * 5 + [True] * 3
    durations = [int.from_bytes(packet.payload[2:]) for packet in packets]
    assert durations == [160, 320, 480, 640, 800, 800, 800, 800]
    assert {packet.payload[0] for packet in packets} == {5}


@pytest.mark.parametrize(("key", "milliseconds"), [("x", 100), ("", 100), ("12", 100), ("1", 20)])
def test_what_is_no_press(key: str, milliseconds: int) -> None:
    with pytest.raises(ValueError, match=r"key|press"):
        list(key_packets(key, milliseconds))


@given(st.text(KEYS, max_size=8), st.data())
def test_keys_arrive_once_though_packets_are_lost(keys: str, data: st.DataObject) -> None:
    reader, heard = KeyReader(), ""
    for number, key in enumerate(keys):
        packets = list(key_packets(key, 80))
        lost = data.draw(st.sets(st.integers(0, len(packets) - 1), max_size=len(packets) - 1))
        for index, packet in enumerate(packets):
            if index not in lost:
                heard += reader.read(packet.payload, number * 4000)
    # The last key may still wait for its end; the next press would tell.
    heard += reader.read(next(key_packets("0", 80)).payload, 2**31)
    assert heard == keys


@given(st.lists(st.tuples(st.binary(max_size=8), st.integers(0, 3))))
def test_garbage_gives_keys_or_nothing(payloads: list[tuple[bytes, int]]) -> None:
    reader = KeyReader()
    for payload, timestamp in payloads:
        assert set(reader.read(payload, timestamp)) <= set(KEYS)
