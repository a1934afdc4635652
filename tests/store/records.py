"""Records of made-up calls, as a journal would have them."""

import json
from pathlib import Path
from typing import Any

from ivr.call.journal import Record

BEGAN = 1_790_000_000.0
"""When the first made-up call began, in seconds since the epoch."""


def record(call: str, at: float, kind: str, what: str = "note", **data: Any) -> Record:
    return {"at": at, "call": call, "what": what, "kind": kind, "data": data}


def heard(call: str, at: float, *words: str) -> Record:
    said = [{"text": word, "confidence": 0.9, "start": 0.0, "end": 0.3} for word in words]
    return record(call, at, "Heard", "event", utterance={"words": said, "language": "zh"})


def prompt(call: str, at: float, text: str) -> Record:
    segments = [{"text": text, "language": "zh", "recording": "", "private": False}]
    return record(call, at, "PlayPrompt", "action", serial=1, segments=segments)


def call_with_agent(
    call: str, began: float = BEGAN, *, queue: str = "cards", agent: str = "chen", said: str = ""
) -> list[Record]:
    """Ten seconds with the hotline, 20 waiting, 60 with an agent (none, if they gave up)."""
    lines = [
        record(call, 0.0, "CallOpened", began=began),
        record(call, 0.0, "FlowPinned", flow="bank", version="v1"),
        record(
            call, 0.1, "CallStarted", "event",
            call_id=call, caller="13800138000", called="100", now="", profile={},
        ),
        record(call, 0.2, "EnterNode", "action", node="welcome"),
        prompt(call, 0.2, "您好, 这里是示范银行。"),
        heard(call, 4.0, *(said.split() or ["我要", "挂失"])),
        record(call, 4.0, "Explain", "action", text="", facts={"nomatch": 1, "annoyance": 0.4}),
        record(call, 8.0, "EnterNode", "action", node="identify.ask"),
        record(call, 9.0, "Explain", "action", text="", facts={"noinput": 1}),
        record(call, 10.0, "EnterNode", "action", node="operator"),
        record(
            call, 10.0, "StartTransfer", "action",
            serial=1, need={}, language="zh", context={"intent": "card_loss"},
        ),
        record(call, 10.0, "QueueChosen", queue=queue, priority=70, why="", facts={}),
        record(call, 10.1, "WaitExpected", position=1, seconds=15.0),
    ]  # fmt: skip
    if agent:
        lines += [
            record(call, 30.0, "AgentAnswered", agent=agent, waited=20),
            record(call, 90.0, "TransferEnded", "event", serial=1, outcome="answered"),
        ]
    else:
        lines.append(record(call, 30.0, "TransferEnded", "event", serial=1, outcome="abandoned"))
    last = lines[-1]["at"]
    outcome = "transferred" if agent else "abandoned"
    return [*lines, record(call, last, "CallEnded", outcome=outcome)]


def call_contained(call: str, began: float = BEGAN, said: str = "查 余额") -> list[Record]:
    """A caller who got what they wanted from the hotline alone."""
    return [
        record(call, 0.0, "CallOpened", began=began),
        record(call, 0.0, "FlowPinned", flow="bank", version="v1"),
        record(call, 0.2, "EnterNode", "action", node="welcome"),
        heard(call, 3.0, *said.split()),
        prompt(call, 3.5, "您的余额是 12.5 元。"),
        record(call, 9.0, "CallEnded", outcome="goodbye"),
    ]


def spool(folder: Path, records: list[Record]) -> Path:
    """Write a call's spool file as the server would have."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{records[0]['call']}.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    return path
