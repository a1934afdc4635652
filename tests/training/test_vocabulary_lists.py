import re
from pathlib import Path

from ivr.training.vocabulary_lists import read_list, vocabulary


def test_any_mandarin_word_can_be_cut_down_to_known_hanzi() -> None:
    words = vocabulary()
    hanzi = set(words.hanzi)
    assert len(hanzi) > 6000
    assert {c for word in words.mandarin for c in word} <= hanzi


def test_lists_hold_words_of_their_language() -> None:
    words = vocabulary()
    assert all(re.fullmatch(r"[\u4e00-\u9fff]+", word) for word in words.mandarin)
    assert all(re.fullmatch(r"[a-z]+(['-][a-z]+)?", word) for word in words.english)


def test_the_hotlines_own_words_are_there() -> None:
    words = vocabulary()
    assert set("零幺一二两三四五六七八九十百千万亿点块元角分") <= set(words.mandarin)
    for topic in (
        "查余额 转账 挂失 房贷 理财 外汇",
        "投诉 网点 人工服务 再说一遍 主菜单 挂号 社保",
    ):
        assert set(topic.split()) <= set(words.hotline_zh)
    for topic in ("balance transfer card loan fund exchange", "complaint branch operator yes no"):
        assert set(topic.split()) <= set(words.hotline_en)


def test_a_list_is_read_without_comments_and_twins(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("# a comment\none two\n\n two three\n")
    assert read_list(path) == ("one", "two", "three")
