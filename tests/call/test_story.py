from typing import Any

from ivr.call.story import MAX_LINES, Story


def record(kind: str, **data: Any) -> dict[str, Any]:
    return {"at": 0.0, "call": "1.1", "what": "event", "kind": kind, "data": data}


def test_what_an_agent_is_shown() -> None:
    story = Story(clock=lambda: 7.0)
    story.take(record("PlayPrompt", serial=1, segments=[{"text": "您好。"}, {"text": "请讲。"}]))
    words = [{"text": "我的"}, {"text": "卡丢了"}, {"text": "help"}, {"text": "me"}]
    story.take(record("Heard", utterance={"words": words}))
    story.take(record("Heard", utterance={"words": []}))
    context = {"card": "6222021234567890", "intent": "card_loss", "node": "x", "language": "zh"}
    story.take(record("StartTransfer", context=context, language="zh", serial=2))
    story.take(record("QueueChosen", queue="zh", why="because"))
    story.take(record("Hangup"))
    assert story.joined == 7.0
    assert story.pop(agent="wang") == {
        "agent": "wang",
        "intent": "card_loss",
        "language": "zh",
        "slots": {"card": "************7890"},
        "queue": "zh",
        "why": "because",
        "transcript": [
            {"who": "hotline", "text": "您好。请讲。"},
            {"who": "caller", "text": "我的卡丢了help me"},
        ],
        "emotion": {"annoyed": False, "estimate": 0.0, "reasons": []},
    }


def sign(estimate: float, annoyed: bool, *reasons: str) -> dict[str, Any]:
    facts = {"annoyance": estimate, "annoyed": annoyed, "reasons": list(reasons)}
    return record("Explain", text="signs", facts=facts)


def test_the_strongest_signs_of_annoyance_are_shown() -> None:
    story = Story()
    assert story.pop()["emotion"] is None, "who said nothing gave no sign of anything"
    story.take(record("Explain", text="another", facts={"chosen": "bank.main.loans"}))
    assert story.pop()["emotion"] is None
    story.take(sign(0.4, False, "6 dB louder"))
    story.take(sign(0.9, True, "says 6222021234567890, thrice"))
    story.take(sign(0.3, False, "faster"))
    assert story.pop()["emotion"] == {
        "annoyed": True,
        "estimate": 0.9,
        "reasons": ["says ************7890, thrice"],
    }


def test_a_long_talk_loses_its_beginning() -> None:
    story = Story()
    for number in range(3 * MAX_LINES):
        story.take(record("PlayPrompt", segments=[{"text": f"line {number}"}]))
    lines = story.pop()["transcript"]
    assert len(lines) == MAX_LINES
    assert lines[-1]["text"] == f"line {3 * MAX_LINES - 1}"
