"""What must be true of the demonstration, each judged by signal or by the journal."""

from tests.demo.call import CARD, REQUEST, Evidence
from tests.phone.signal import contains, samples_of

QUEUE = "zh-card_loss.3-funds_at_risk"


def checked(evidence: Evidence) -> list[tuple[bool, str]]:
    """Each requirement with whether it holds."""
    records = evidence.records
    heard = [
        "".join(word["text"] for word in record["data"]["utterance"]["words"])
        for record in records
        if record["kind"] == "Heard"
    ]
    transfers = [r["data"] for r in records if r["kind"] == "StartTransfer"]
    queues = [r["data"]["queue"] for r in records if r["kind"] == "QueueChosen"]
    cut = any(r["kind"] == "PromptEnded" and not r["data"]["completed"] for r in records)
    caller_heard = evidence.caller_heard.samples
    agent_heard = evidence.agent_heard.samples
    return [
        (any(REQUEST in said for said in heard), "Vosk recognised the request from RTP audio"),
        (cut, "the caller's voice cut the prompt off (barge-in)"),
        (any(CARD in str(t["context"]) for t in transfers), "the card's four digits arrived"),
        (queues == [QUEUE], f"the caller was queued in {QUEUE}"),
        (
            contains(agent_heard, samples_of(evidence.caller_voice)),
            "the caller's voice is in what the agent heard (by signal)",
        ),
        (
            contains(caller_heard, samples_of(evidence.agent_voice)),
            "the agent's voice is in what the caller heard (by signal)",
        ),
    ]
