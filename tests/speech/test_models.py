import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from ivr.errors import ModelError
from ivr.speech import models
from ivr.speech.model_catalogue import PUBLISHED, PublishedModel, published

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "models" / "demo-zh-en"
TINY = PublishedModel("tiny", "zh", 5, "Apache 2.0", "")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The demo model as its publisher would pack it."""
    path = tmp_path / "tiny.zip"
    with zipfile.ZipFile(path, "w") as zipped:
        for file in DEMO.rglob("*"):
            zipped.write(file, Path("tiny") / file.relative_to(DEMO))
    return path


def listing(tmp_path: Path, md5: str) -> str:
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"name": "tiny", "md5": md5}]))
    return path.as_uri()


def test_the_demo_model_works() -> None:
    verified = models.verify(DEMO)
    assert verified.sample_rate == 8000
    assert verified.grammars
    assert verified.words > 15_000


def test_installing_checks_the_md5_and_leaves_no_archive(tmp_path: Path, archive: Path) -> None:
    into = tmp_path / "models"
    digest = hashlib.md5(archive.read_bytes()).hexdigest()
    verified, checked = models.install(
        TINY, into, url=archive.as_uri(), list_url=listing(tmp_path, digest)
    )
    assert verified.folder == into / "tiny"
    assert "MD5" in checked
    assert [path.name for path in into.iterdir()] == ["tiny"]


def test_a_wrong_md5_is_refused_and_the_archive_deleted(tmp_path: Path, archive: Path) -> None:
    into = tmp_path / "models"
    list_url = listing(tmp_path, "0" * 32)
    with pytest.raises(ModelError, match="MD5"):
        models.install(TINY, into, url=archive.as_uri(), list_url=list_url)
    assert list(into.iterdir()) == []


def test_without_a_list_it_says_how_it_was_checked(tmp_path: Path, archive: Path) -> None:
    missing = (tmp_path / "none.json").as_uri()
    _, checked = models.install(TINY, tmp_path / "m", url=archive.as_uri(), list_url=missing)
    assert "CRC" in checked
    assert "not to be had" in checked


def test_a_model_is_found_by_name_or_folder(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "mine")
    assert models.find("mine", [tmp_path / "none", tmp_path]) == tmp_path / "mine"
    assert models.find(str(tmp_path / "mine"), []) == tmp_path / "mine"
    with pytest.raises(ModelError, match="installed: mine"):
        models.find("other", [tmp_path])


def test_the_first_folder_with_a_name_wins(tmp_path: Path) -> None:
    for place in ("first", "second"):
        shutil.copytree(DEMO, tmp_path / place / "mine")
    found = models.installed([tmp_path / "first", tmp_path / "second"])
    assert [model.folder for model in found] == [tmp_path / "first" / "mine"]
    assert 1 < found[0].megabytes < 10


def test_a_model_that_is_not_whole_is_told(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "m")
    (tmp_path / "m" / "conf" / "mfcc.conf").unlink()
    with pytest.raises(ModelError, match=r"conf/mfcc\.conf missing"):
        models.verify(tmp_path / "m")


def test_a_damaged_model_cannot_take_us_down(tmp_path: Path) -> None:
    shutil.copytree(DEMO, tmp_path / "m")
    model = tmp_path / "m" / "am" / "final.mdl"
    model.write_bytes(model.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot load"):
        models.verify(tmp_path / "m")


def test_the_catalogue_names_official_archives() -> None:
    for model in PUBLISHED:
        assert model.url == f"https://alphacephei.com/vosk/models/{model.name}.zip"
        assert published(model.name) is model
    assert published("nothing") is None
