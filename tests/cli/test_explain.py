"""What `ivr explain` says of a journal that supervisors had a hand in."""

from typing import Any

from ivr.cli.explain import reasons_of


def record(at: float, kind: str, **data: Any) -> dict[str, Any]:
    return {"at": at, "call": "7.1", "what": "note", "kind": kind, "data": data}


NEED = {"skills": {"loans": 2}, "issue": "", "caller_tier": "", "attempts": 2}


def test_orders_are_told_with_who_gave_them() -> None:
    records = [
        record(1, "StartTransfer", need=NEED, language="zh"),
        record(2, "Ordered", order="transfer", by="gu", skill="loans"),
        record(3, "Ordered", order="takeover", by="", phone="gu"),
        record(4, "TakenOver", agent="gu", by="gu"),
        record(5, "TakeoverFailed", agent="gu"),
        record(6, "OrderRefused", order="goto", by="ma", why="no node here is called 'x'"),
        record(7, "StartTransfer", need={"skills": {}}, language="zh", taker="gu"),
    ]
    assert [text for _, text in reasons_of(records, {})] == [
        "need      loans 2, zh, tried 2 times before",
        "order     transfer loans by gu",
        "order     takeover gu by somebody",
        "taken     by gu, ordered by gu",
        "returned  gu was gone before the caller was there",
        "order     goto by ma refused: no node here is called 'x'",
    ]
