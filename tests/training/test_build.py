from pathlib import Path

import pytest
import soundfile

pytest.importorskip("torch", reason="torch is a build extra")

from ivr.errors import ModelError
from ivr.speech.models import verify
from ivr.training import debian
from ivr.training.build import Plan, build_model
from ivr.training.clips import load
from ivr.training.digit_phones import DIGIT_PHONES
from ivr.training.espeak import Style
from ivr.training.lexicon import toned_syllables
from ivr.training.phones import INDEX
from ivr.training.recordings import DIGIT_WORDS
from ivr.training.speaking import SpeakingProcess
from ivr.training.vocabulary_lists import Vocabulary, vocabulary

MANDARIN = ["查询", "余额", "转账", "挂失", "贷款", "投诉", "人工", "返回", "重复", "银行"]


def small_vocabulary() -> Vocabulary:
    full = vocabulary()
    return Vocabulary(
        full.hotline_zh, full.hotline_en, full.hanzi[:50], full.common_zh[:50], full.common_en[:50]
    )


def people(folder: Path) -> Path:
    """Recordings laid out as the build wants them, by voices that stand in for people."""
    (folder / "digits-en").mkdir(parents=True)
    (folder / "mandarin-words").mkdir()
    with SpeakingProcess() as speaker:
        for speaker_name, voice in (("theo", "en-us+m2"), ("jackson", "en-us+m5")):
            for digit, word in enumerate(DIGIT_WORDS):
                found = speaker.speak(word, Style(voice))
                assert found is not None
                path = folder / "digits-en" / f"{digit}_{speaker_name}_0.flac"
                soundfile.write(path, found.samples, found.rate)
        for word in MANDARIN:
            found = speaker.speak(" ".join(toned_syllables(word)), Style("cmn-latn-pinyin+f2"))
            assert found is not None
            soundfile.write(folder / "mandarin-words" / f"{word}.flac", found.samples, found.rate)
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """An empty cache; only Debian's packages are taken from where an earlier build put them."""
    folder = tmp_path / "work"
    folder.mkdir()
    kept = Path(__file__).resolve().parents[2] / ".cache" / "ivr-models" / "debian"
    if kept.is_dir():
        (folder / "debian").symlink_to(kept)
    try:
        debian.unpack((*debian.OPENFST, *debian.FLITE), folder / "debian")
    except ModelError as error:
        pytest.skip(f"the tools of a build are not to be had: {error}")
    return folder


@pytest.mark.model
@pytest.mark.timeout(600)
def test_a_build_from_an_empty_cache_passes_every_stage(tmp_path: Path, work: Path) -> None:
    plan = Plan(
        folder=tmp_path / "model", work=work, speech=people(tmp_path / "speech"),
        first_width=16, width=16, batches=3, more_batches=2, words=small_vocabulary(),
    ).smaller(0.01)  # fmt: skip
    told: list[str] = []
    build_model(plan, told.append)

    verified = verify(plan.folder)
    assert verified.sample_rate == 8000
    labelled = load(work / "labelled-7.npz")
    groups = {clip.group for clip in labelled}
    assert groups == {
        "espeak-zh", "espeak-en", "flite", "accent", "digits-en", "mandarin-words"
    }  # fmt: skip
    assert all(clip.spans for clip in labelled)
    assert all(phone in INDEX for clip in labelled for phone, _ in clip.spans)
    digits = [clip for clip in labelled if clip.text in DIGIT_WORDS]
    assert digits
    for clip in digits:
        assert {phone for phone, _ in clip.spans} <= {"SIL", *DIGIT_PHONES}
    card = (plan.folder / "README.md").read_text(encoding="utf-8")
    assert "| human English digits, digit grammar | theo |" in card
    for stage in ("first", "held-out", "final"):
        assert any(line.startswith(f"{stage}: learning from") for line in told)


def test_a_smaller_plan_keeps_at_least_one_of_each() -> None:
    plan = Plan(Path("m"), Path("w")).smaller(0.0001)
    assert min(plan.mandarin, plan.english, plan.flite, plan.digits, plan.first_batches) == 1
