import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ivr.errors import ModelError
from ivr.training.clips import at_8_khz
from ivr.training.espeak import Style
from ivr.training.evaluation import Listener, Tally, evaluate, hanzi_of_syllables, synthesised
from ivr.training.lexicon import toned_syllables
from ivr.training.speaking import SpeakingProcess

DEMO = Path(__file__).resolve().parents[2] / "models" / "demo-zh-en"
MENU = ["查余额", "转账", "银行卡挂失", "贷款", "投诉", "人工服务"]


def spoken(text: str, language: str) -> np.ndarray:
    with SpeakingProcess() as speaker:
        if language == "zh":
            found = speaker.speak(" ".join(toned_syllables(text)), Style("cmn-latn-pinyin+f2"))
        else:
            found = speaker.speak(text, Style("en-us+m1"))
    assert found is not None
    return at_8_khz(found.samples, found.rate)


def test_right_mistaken_and_refused_are_counted_apart() -> None:
    tally = Tally()
    for heard in ("check balance", "pay a bill", "[unk]", ""):
        tally.add(
            "menu", "x", "".join(heard.split()), "check balance", ["check balance", "pay a bill"]
        )
    (row,) = tally.rows.values()
    assert (row.trials, row.right, row.mistaken) == (4, 1, 1)


def test_a_stranger_is_right_when_nothing_is_taken() -> None:
    tally = Tally()
    for heard in ("one", "[unk]", "onetwo"):
        tally.add("strangers", "x", heard, "", ["one", "two"])
    (row,) = tally.rows.values()
    assert (row.trials, row.right, row.mistaken) == (3, 2, 1)


@pytest.mark.model
@pytest.mark.parametrize("text", ["查余额", "银行卡挂失"])
def test_the_shipped_model_hears_mandarin_on_the_telephone(text: str) -> None:
    assert Listener(DEMO).hear(spoken(text, "zh"), "zh", MENU) == text


@pytest.mark.model
def test_the_shipped_model_hears_english_with_the_same_files() -> None:
    menu = ["check my balance", "report a lost card", "operator", "transfer money"]
    heard = Listener(DEMO).hear(spoken("report a lost card", "en"), "en", menu)
    assert heard == "reportalostcard"


@pytest.mark.model
def test_the_shipped_model_refuses_what_is_not_in_the_grammar() -> None:
    assert Listener(DEMO).hear(spoken("体检报告在哪里取", "zh"), "zh", MENU) not in MENU


def test_the_shipped_model_is_small() -> None:
    files = [path for path in DEMO.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 6_000_000


@pytest.mark.model
def test_a_folder_of_recordings_is_measured_per_speaker(tmp_path: Path) -> None:
    (tmp_path / "digits-en").mkdir()
    for digit, word in enumerate(("zero", "one", "two")):
        soundfile.write(tmp_path / f"digits-en/{digit}_ann_0.flac", spoken(word, "en"), 8000)
    shutil.copy(tmp_path / "digits-en/1_ann_0.flac", tmp_path / "digits-en/1_bob_0.flac")
    rows = {(s.test, s.speaker): s for s in evaluate(DEMO, tmp_path, limit=2)}
    digits = "human English digits, digit grammar"
    assert rows[digits, "ann"].trials == 2
    assert rows[digits, "bob"].trials == 1
    assert all(0 <= row.right <= row.trials for row in rows.values())


def test_a_broken_recording_is_named(tmp_path: Path) -> None:
    (tmp_path / "digits-en").mkdir()
    (tmp_path / "digits-en" / "1_ann_0.flac").write_bytes(b"no sound")
    with pytest.raises(ModelError, match=r"1_ann_0\.flac: cannot be read"):
        evaluate(DEMO, tmp_path, limit=1)


def test_syllables_are_written_as_common_hanzi() -> None:
    table = hanzi_of_syllables()
    assert table["shi"] == "是"
    assert len(table) > 380


@pytest.mark.model
def test_the_demo_model_hears_menus_and_refuses_strangers_in_both_languages() -> None:
    tally = Tally()
    synthesised(Listener(DEMO), tally, 60, np.random.default_rng(4))
    shares = {name: row.share for (name, _), row in tally.rows.items()}
    for language, heard in (("Mandarin", 0.9), ("English", 0.75)):
        menu = f"synthesised {language}, 15-phrase menu"
        assert shares[menu] >= heard
        assert shares[f"{menu}, strangers refused"] >= 0.7
    assert shares["synthesised English digits"] >= 0.85
