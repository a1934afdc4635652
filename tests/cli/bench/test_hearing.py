"""`ivr bench vad`, `endpointing` and `annoyance`: small runs whose figures must make sense."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from tests.speech.test_detectors import HAVE

ROOT = Path(__file__).resolve().parents[3]
SPEECH = ROOT.parent / "shared" / "data" / "speech"
pytestmark = [
    pytest.mark.skipif(not SPEECH.is_dir(), reason="no recordings in ../shared/data/speech"),
]


def run(*arguments: str) -> dict[str, dict[str, dict[str, float]]]:
    result = CliRunner().invoke(app, ["bench", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)  # type: ignore[no-any-return]


@pytest.mark.skipif(not HAVE, reason="onnxruntime or silero-vad is not installed")
def test_vad() -> None:
    rows = run("vad", "--digits", "3", "--words", "0")
    assert len(rows) == 13
    for name, one in rows["quiet"].items():
        assert one["found"] == 1.0 and one["false_turns"] == 0.0, name
        assert one["miss"] < 0.3 and one["false_alarm"] < 0.1, name
    loud = rows["white 5 dB"]
    assert loud["silero"]["false_alarm"] < loud["webrtc 2"]["false_alarm"]


@pytest.mark.model
@pytest.mark.skipif(not (ROOT / "models" / "demo-zh-en").is_dir(), reason="no demo model")
def test_endpointing() -> None:
    rows = run("endpointing", "--turns", "3")
    short, long, aware = rows["fixed 200 ms"], rows["fixed 900 ms"], rows["grammar-aware"]
    assert short["all"]["cut_off_percent"] > 40
    assert aware["all"]["cut_off_percent"] < 10
    assert aware["all"]["median"] < long["all"]["median"] - 200
    assert long["phrase"]["median"] == pytest.approx(950, abs=150)
