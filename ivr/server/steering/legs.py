"""Legs: the channels of one call as Asterisk's own list (CoreShowChannels) has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Legs:
    """The caller's channel, and those it is joined with now: an agent's, or a supervisor's.

    `ringing` are the channels by which app_queue tries to reach an agent: ringing, or hearing the
    whisper.
    """

    caller: str
    peers: tuple[str, ...] = ()
    ringing: tuple[str, ...] = ()


def legs_of(call: str, channels: Iterable[Mapping[str, str]]) -> Legs | None:
    """The legs of the call of that unique id; None if it is not there."""
    there = tuple(channels)
    mine = next((one for one in there if one.get("Uniqueid") == call), None)
    if mine is None or not mine.get("Channel"):
        return None
    bridge, linked = mine.get("BridgeId", ""), mine.get("Linkedid", "")
    others = [one for one in there if one is not mine and one.get("Channel")]
    return Legs(
        caller=mine["Channel"],
        peers=tuple(o["Channel"] for o in others if bridge and o.get("BridgeId") == bridge),
        ringing=tuple(
            o["Channel"] for o in others if o.get("Linkedid") == linked and not o.get("BridgeId")
        ),
    )


def holds(channels: Iterable[Mapping[str, str]], channel: str) -> bool:
    """Whether a channel of that name is there."""
    return any(one.get("Channel") == channel for one in channels)
