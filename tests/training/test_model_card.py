from pathlib import Path

from ivr.training.evaluation import Score
from ivr.training.model_card import Card, write_card


def test_the_card_keeps_unseen_and_seen_apart(tmp_path: Path) -> None:
    unseen = [
        Score("digits", "theo", 100, 90, 2),
        Score("digits", "jackson", 100, 100, 0),
        Score("synthesised", "held-out", 10, 9, 1),
    ]
    hours = {
        ("digits-en", "theo"): 0.1, ("digits-en", "jackson"): 0.1, ("flite", ""): 1.0,
        ("mandarin-words", "yue-tan"): 1.0,
    }  # fmt: skip
    (tmp_path / "final.mdl").write_bytes(bytes(1_500_000))
    write_card(tmp_path, Card(20_511, 1_000_000, hours, ["theo"], unseen, [unseen[1]]))
    text = (tmp_path / "README.md").read_text()
    first, second = text.split("**The model as it ships**")
    assert "| digits | theo | 100 | 90.0% | 2.0% |" in first
    assert "jackson | 100 |" not in first
    assert "| digits | jackson | 100 | 100.0% | 0.0% |" in second
    assert "1.50 MB" in text
    assert "CC BY-SA" in text
    assert "None" not in text
