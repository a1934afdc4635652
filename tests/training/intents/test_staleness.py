"""Staleness: an intent model that no longer fits its examples or its flow is told, by command."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.flow.library import load_book
from ivr.flow.releases import Releases
from ivr.training.intents.staleness import stale_intents

BANK = Path(__file__).resolve().parents[3] / "flows" / "bank"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return Path(shutil.copytree(BANK, tmp_path / "bank"))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(folder: Path) -> str:
    found = stale_intents(folder, load_book(folder))
    return found.message if found else ""


def test_the_bank_as_shipped_is_fresh() -> None:
    assert told(BANK) == ""


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("intents.yaml", "我的卡丢了怎么办", "我的卡不翼而飞了"),
        ("intents.yaml", "urgency: critical", "urgency: low"),
        ("intents.yaml", "label: {zh: 银行卡挂失", "label: {zh: 挂失银行卡"),
        ("bank.yaml", "卡找不到了", "卡没影了"),
    ],
)
def test_changed_sources_are_told_with_the_command(
    bank: Path, file: str, old: str, new: str
) -> None:
    change(bank / file, old, new)
    assert f"`ivr intents train --flow {bank}`" in told(bank)


def test_a_change_that_the_model_does_not_learn_from_is_none(bank: Path) -> None:
    change(bank / "bank.yaml", "感谢您的来电", "谢谢您的来电")
    change(bank / "intents.yaml", "# Eight classes", "# 8 classes")
    assert told(bank) == ""


def test_examples_that_cannot_be_read_are_told(bank: Path) -> None:
    (bank / "intents.yaml").write_text("classes: [", encoding="utf-8")
    assert "not valid YAML" in told(bank)


def test_a_published_version_is_not_asked(bank: Path, tmp_path: Path) -> None:
    change(bank / "intents.yaml", "我的卡丢了怎么办", "我的卡不翼而飞了")
    release = Releases(tmp_path / "published", "bank").publish(bank)
    assert told(release.path) == ""


def test_lint_and_validate_warn_and_publish_refuses(
    bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(bank / "intents.yaml", "我的卡丢了怎么办", "我的卡不翼而飞了")
    shutil.rmtree(bank / "tests")
    (tmp_path / "ivr.toml").write_text(
        f'[paths]\nflow = "{bank}"\nagents = "{BANK.parent / "agents.yaml"}"\n'
        f'published = "{tmp_path / "published"}"\n',
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    for verb in (["validate", str(bank)], ["lint", str(bank), "--no-words"]):
        done = CliRunner().invoke(app, verb)
        assert "intents-stale" in done.stdout and "ivr intents train" in done.stdout
    refused = CliRunner().invoke(app, ["publish"])
    assert refused.exit_code == 1 and "nothing was published" in refused.stdout
    assert not (tmp_path / "published").exists()
    forced = CliRunner().invoke(app, ["publish", "--force"])
    assert forced.exit_code == 0 and "is in force" in forced.stdout
