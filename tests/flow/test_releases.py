"""Releases: immutable, named by content, put in force in one step, and taken back."""

import threading
from pathlib import Path

import pytest

from ivr.errors import FlowError, StoreError
from ivr.flow.library import load_book
from ivr.flow.releases import Releases

FLOW = """\
flow: shop
languages: [zh]
start: bye
nodes:
  bye: {{kind: hangup, prompt: {prompt}}}
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "tests").mkdir(parents=True)
    (folder / "tests" / "a.yaml").write_text("no flow at all", encoding="utf-8")
    return folder


def write(draft: Path, prompt: str) -> None:
    (draft / "shop.yaml").write_text(FLOW.format(prompt=prompt), encoding="utf-8")


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "published", "shop")


def test_nothing_is_in_force_at_first(releases: Releases) -> None:
    assert releases.current is None and releases.all() == () and releases.history() == ()
    with pytest.raises(StoreError, match="no version"):
        releases.find("a")
    with pytest.raises(StoreError, match="before this one"):
        releases.rollback()


def test_a_version_is_what_was_published_whatever_becomes_of_the_draft(
    draft: Path, releases: Releases
) -> None:
    write(draft, "再见")
    first = releases.publish(draft, "the first\nof all")
    write(draft, "回见")
    assert releases.current == first and first.path.name == "shop"
    assert first.id == releases.load(first).version != load_book(draft).version
    assert list(first.files) == ["shop/shop.yaml"]
    assert not (first.path / "shop.yaml").stat().st_mode & 0o222
    assert releases.history()[0].note == "the first of all"


def test_publishing_the_same_again_makes_no_other_version(draft: Path, releases: Releases) -> None:
    write(draft, "再见")
    assert releases.publish(draft) == releases.publish(draft)
    assert len(releases.all()) == 1


def test_a_single_file_is_published_too(draft: Path, releases: Releases) -> None:
    write(draft, "再见")
    release = releases.publish(draft / "shop.yaml")
    assert release.path.name == "shop.yaml" and releases.load(release).version == release.id


@pytest.mark.parametrize("single", [False, True])
def test_the_intent_model_is_published_with_the_flows(
    draft: Path, releases: Releases, single: bool
) -> None:
    write(draft, "再见")
    first = releases.publish(draft / "shop.yaml" if single else draft)
    (draft / "intents.npz").write_bytes(b"a model")
    second = releases.publish(draft / "shop.yaml" if single else draft)
    assert second.id != first.id
    intents = releases.load(second).intents
    assert intents is not None and intents.data == b"a model"
    Path(intents.file).chmod(0o644)
    Path(intents.file).write_bytes(b"another")
    with pytest.raises(StoreError, match="was changed"):
        releases.load(second)


def test_a_broken_draft_changes_nothing(draft: Path, releases: Releases) -> None:
    write(draft, "再见")
    first = releases.publish(draft)
    (draft / "shop.yaml").write_text("flow: shop\nstart: x\n", encoding="utf-8")
    with pytest.raises(FlowError):
        releases.publish(draft)
    assert releases.current == first


def test_rolling_back_goes_step_by_step_down_the_line(draft: Path, releases: Releases) -> None:
    ids = []
    for prompt in ("一", "二", "三"):
        write(draft, prompt)
        ids.append(releases.publish(draft).id)
    assert releases.rollback().id == ids[1]
    assert releases.rollback().id == ids[0]
    with pytest.raises(StoreError):
        releases.rollback()
    assert releases.rollback(ids[2][:8]).id == releases.current_id == ids[2]
    assert [entry.action for entry in releases.history()] == ["publish"] * 3 + ["rollback"] * 3


def test_a_version_that_was_touched_is_refused(draft: Path, releases: Releases) -> None:
    write(draft, "再见")
    release = releases.publish(draft)
    file = release.path / "shop.yaml"
    file.chmod(0o644)
    file.write_text(FLOW.format(prompt="别的"), encoding="utf-8")
    with pytest.raises(StoreError, match="was changed after"):
        releases.load(release)
    file.write_text(FLOW.format(prompt="再见"), encoding="utf-8")
    (release.path / "more.yaml").write_text(FLOW.format(prompt="再见"), encoding="utf-8")
    with pytest.raises(StoreError, match="was changed after"):
        releases.load(release)


def test_the_pointer_is_never_missing_while_it_changes(draft: Path, releases: Releases) -> None:
    ids = []
    for prompt in ("一", "二"):
        write(draft, prompt)
        ids.append(releases.publish(draft).id)
    stop = threading.Event()

    def flip() -> None:
        for number in range(200):
            releases.rollback(ids[number % 2])
        stop.set()

    thread = threading.Thread(target=flip)
    thread.start()
    seen = set()
    while not stop.is_set():
        seen.add(releases.current_id)
    thread.join()
    assert seen <= set(ids)


def test_a_damaged_folder_is_told(draft: Path, releases: Releases) -> None:
    write(draft, "再见")
    release = releases.publish(draft)
    (release.folder / "release.json").unlink()
    with pytest.raises(StoreError, match="damaged"):
        _ = releases.current
    (releases.folder / "history.jsonl").write_text("nonsense\n", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be read"):
        releases.history()
