"""Snapshot: who waits and who talks with an agent, read from Asterisk's own lists.

Field names are those of the AMI events CoreShowChannel (an answer to CoreShowChannels) and
QueueEntry (an answer to QueueStatus) of Asterisk 22.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.telephony.channel_names import interface_of

QUEUE_APPLICATION = "Queue"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One caller in a queue; `joined` is in seconds since the epoch, `position` counts from 1."""

    call: str
    queue: str
    position: int
    joined: float
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """One caller whom app_queue has joined with an agent."""

    call: str
    queue: str
    agent: str
    began: float
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What Asterisk said at one moment. `waiting` is in the order of each queue."""

    channels: frozenset[str]
    waiting: tuple[Waiting, ...] = ()
    joined: tuple[Joined, ...] = ()


def read_snapshot(
    channels: Iterable[Mapping[str, str]],
    queues: Iterable[Mapping[str, str]],
    agents: Mapping[str, str],
    now: float,
) -> Snapshot:
    """The callers in these lists; `agents` is interface -> agent name.

    A caller talks with an agent if their channel runs Queue() and shares a bridge with an agent's.
    """
    there = tuple(channels)
    talking: dict[str, str] = {}
    for channel in there:
        bridge = channel.get("BridgeId", "")
        agent = agents.get(interface_of(channel.get("Channel", "")), "")
        if bridge and agent:
            talking[bridge] = agent
    joined = (
        Joined(
            call=channel.get("Uniqueid", ""),
            queue=channel.get("ApplicationData", "").partition(",")[0],
            agent=talking[channel["BridgeId"]],
            began=now - _clock(channel.get("Duration", "")),
            caller=channel.get("CallerIDNum", ""),
        )
        for channel in there
        if channel.get("Application") == QUEUE_APPLICATION and channel.get("BridgeId") in talking
    )
    entries = (_entry(event, now) for event in queues if event.get("Event") == "QueueEntry")
    return Snapshot(
        channels=frozenset(channel.get("Uniqueid", "") for channel in there),
        waiting=tuple(sorted((e for e in entries if e.call), key=lambda e: (e.queue, e.position))),
        joined=tuple(one for one in joined if one.call),
    )


def number(text: str) -> int:
    """A whole number as Asterisk writes it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _entry(event: Mapping[str, str], now: float) -> Waiting:
    return Waiting(
        call=event.get("Uniqueid", ""),
        queue=event.get("Queue", ""),
        position=number(event.get("Position", "")),
        joined=now - number(event.get("Wait", "")),
        caller=event.get("CallerIDNum", ""),
    )


def _clock(text: str) -> int:
    """Seconds of `01:02:03`."""
    seconds = 0
    for part in text.split(":"):
        seconds = 60 * seconds + number(part)
    return seconds
