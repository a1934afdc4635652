"""`ivr intents` and `ivr grammar`: what they print, and their one-line errors."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.cli.main import app
from ivr.dialogue.intents.model_file import load_model
from ivr.errors import ModelError, SettingsError

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = "text,category\n" + "".join(
    f"{text},{name}\n"
    for name, texts in {
        "loss": ["i lost my card", "card gone", "card stolen", "lost card", "my card was stolen"],
        "money": ["my balance", "how much money", "check balance", "balance", "balance please"],
    }.items()
    for text in texts
)


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_train_try_and_eval_on_a_csv(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")
    table, model = tmp_path / "examples.csv", tmp_path / "model.npz"
    table.write_text(EXAMPLES, encoding="utf-8")
    told = run("intents", "train", "--examples", str(table), "--out", str(model), "--json")
    assert json.loads(told)["intents"] == 2
    (read,) = json.loads(run("intents", "try", "--model", str(model), "--json", "card lost"))
    assert read["intents"] == ["loss"]
    result = json.loads(
        run("intents", "eval", "--model", str(model), "--test", str(table), "--json")
    )
    assert result["accuracy"] == 1.0 and result["sentences"] == 10


def test_english_is_trained_with_the_shipped_student_and_needs_no_encoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is only needed for training")
    monkeypatch.setattr("ivr.dialogue.intents.encoder_file.PACKAGE", "not_installed_here")
    table, model = tmp_path / "examples.csv", tmp_path / "model.npz"
    words = ("intents", "train", "--examples", str(table), "--out", str(model), "--json")
    table.write_text(EXAMPLES, encoding="utf-8")
    assert json.loads(run(*words))["backend"] == load_model(model).backend == "static"
    told = run("intents", "train", "--examples", str(table), "--out", str(model))
    assert "backend                               static" in told
    assert json.loads(run(*words, "--backend", "linear"))["backend"] == "linear"
    assert load_model(model).backend == "linear"
    with pytest.raises(SettingsError, match="no backend 'magic'"):
        run(*words, "--backend", "magic")
    loss, money = (
        ["卡丢了", "我要挂失", "卡没了", "卡被偷了", "挂失"],
        ["查余额", "多少钱", "余额", "我的余额", "看看余额"],
    )
    rows = [f"{one},loss" for one in loss] + [f"{one},money" for one in money]
    table.write_text("\n".join(["text,category", *rows]), encoding="utf-8")
    assert json.loads(run(*words))["backend"] == "linear"


def test_try_shows_class_and_urgency() -> None:
    told = run("intents", "try", "我的卡丢了顺便查一下余额")
    assert "[cards, critical] 银行卡挂失" in told and "[accounts, low]" in told


def test_errors_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such model"):
        run("intents", "try", "--model", str(tmp_path / "none.npz"), "hello")
    with pytest.raises(SettingsError, match="--test"):
        run("intents", "eval", "--model", str(tmp_path / "none.npz"))


def test_grammar_check_of_the_bank() -> None:
    rows = json.loads(run("grammar", "check", str(ROOT / "flows" / "bank"), "--json"))
    main = next(row for row in rows if (row["node"], row["language"]) == ("main", "zh"))
    assert main["phrases"] > 20 and main["grammar"]["挂失"] and main["missing"] == []


def test_grammar_check_names_missing_words(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    shutil.copytree(ROOT / "flows" / "bank", folder)
    text = (folder / "bank.yaml").read_text(encoding="utf-8")
    assert "lost my card" in text
    changed = text.replace("lost my card", "lost my zyzzyva")
    (folder / "bank.yaml").write_text(changed, encoding="utf-8")
    done = CliRunner().invoke(app, ["grammar", "check", str(folder), "--strict"])
    assert done.exit_code == 1 and "zyzzyva" in done.stdout
