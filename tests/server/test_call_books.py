"""Call books: what a call's journal says of agents whose telephones rang for it."""

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, cast

from ivr.call.journal import Record
from ivr.ports import SwitchEvent, SwitchNotice
from ivr.server.call_books import CallBooks

CALL = "7.1"
RANG = {"Uniqueid": CALL, "MemberName": "wang", "RingTime": "4000"}


async def told(*events: dict[str, str], excused: str = "", before: float = 0.0) -> list[Any]:
    """The notes of a call during which Asterisk tells these events."""
    records: list[Record] = []
    transfer = SimpleNamespace(waited_before=before)
    transfers = SimpleNamespace(under_way=lambda call_id: transfer)
    books = CallBooks(cast(Any, None), cast(Any, transfers), [records.append])

    async def notices() -> AsyncIterator[SwitchNotice]:
        for fields in events:
            yield SwitchEvent(fields)

    with books.opened(CALL):
        if excused:
            books.excuse(CALL, excused)
        books.excuse("another", "PJSIP/agent-wang-00000003")
        await books.follow(notices())
    return [(record["kind"], record["data"]) for record in records[1:-1]]


async def test_who_lets_it_ring_missed_it_and_who_was_told_to_stop_did_not() -> None:
    missed = {"Event": "AgentRingNoAnswer", **RANG}
    stopped, rang_on = ({**missed, "DestChannel": f"PJSIP/agent-wang-0000000{n}"} for n in (2, 3))
    note = ("AgentMissed", {"agent": "wang", "rang": 4})
    assert await told(stopped, excused="PJSIP/agent-wang-00000002") == []
    assert await told(rang_on, missed, excused="PJSIP/agent-wang-00000002") == [note, note]


async def test_the_wait_is_that_of_all_queues_before() -> None:
    answered = {"Event": "AgentConnect", "Uniqueid": CALL, "MemberName": "li", "HoldTime": "7"}
    assert await told(answered) == [("AgentAnswered", {"agent": "li", "waited": 7})]
    assert await told(answered, before=52.6) == [("AgentAnswered", {"agent": "li", "waited": 60})]


async def test_a_fault_with_one_event_is_told_once_and_the_next_is_noted(
    monkeypatch: Any, caplog: Any
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(CallBooks, "_agent_missed", broken)
    missed = {"Event": "AgentRingNoAnswer", **RANG}
    answered = {"Event": "AgentConnect", "Uniqueid": CALL, "MemberName": "li", "HoldTime": "7"}
    noted = await told(missed, missed, answered)
    assert noted == [("AgentAnswered", {"agent": "li", "waited": 7})]
    faults = [one.message for one in caplog.records if "calls go on" in one.message]
    assert faults == ["noting which agents answer failed, calls go on: KeyError"]
