import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.espeak_voice import CALM, runs_of
from ivr.speech.spoken_text import MAX_TEXT, mandarin_number, spoken_text


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("0", "零"),
        ("7", "七"),
        ("10", "十"),
        ("15", "十五"),
        ("20", "二十"),
        ("100", "一百"),
        ("105", "一百零五"),
        ("110", "一百一十"),
        ("1000", "一千"),
        ("1015", "一千零一十五"),
        ("2024", "两千零二十四"),
        ("10000", "一万"),
        ("10500.5", "一万零五百点五"),
        ("20000", "两万"),
        ("100010", "十万零一十"),
        ("1000000", "一百万"),
        ("100000000", "一亿"),
        ("0.05", "零点零五"),
    ],
)
def test_mandarin_numbers(number: str, said: str) -> None:
    assert mandarin_number(number) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("您好,欢迎致电。", "您好，欢迎致电。"),
        ("抱歉, 请按 1。", "抱歉，请按 一。"),
        ("按1键", "按一键"),
        ("请按 2。", "请按 二。"),
        ("尾号6217", "尾号六二幺七"),
        ("尾号是6 2 1 7", "尾号是六二幺七"),
        ("卡号 6222 0211 1234", "卡号六二二二，零二幺幺，幺二三四"),
        ("拨打95588", "拨打九五五八八"),
        ("13812345678", "幺三八幺二三四五六七八"),
        ("余额为¥3,000.50", "余额为三千元五角"),
        ("余额2元", "余额两元"),
        ("手续费0.05元", "手续费五分"),
        ("共120000元", "共十二万元"),
        ("12万元", "十二万元"),
        ("利率3.45%", "利率百分之三点四五"),
        ("2024年3月15日", "二零二四年三月十五日"),
        ("14:05", "十四点零五分"),
        ("2笔", "两笔"),
        ("12-24个月", "十二到二十四个月"),
        ("按#键或*键", "按井号键或星号键"),
        ("VIP客户", "V I P客户"),
        ("信用卡(借记卡)", "信用卡，借记卡"),
    ],
)
def test_mandarin_is_written_as_it_is_said(written: str, said: str) -> None:
    assert spoken_text(written, "zh") == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Your balance is $3,000.50.", "Your balance is 3000 dollars and 50 cents."),
        ("card ending in 6217", "card ending in 6 2 1 7"),
        ("call 95588", "call 9 5 5 8 8"),
        ("Press # now", "Press pound now"),
        ("1,000 people", "1,000 people"),
    ],
)
def test_english_is_written_as_it_is_said(written: str, said: str) -> None:
    assert spoken_text(written, "en") == said


def test_each_language_has_its_voice() -> None:
    runs = runs_of("For English, press 2。中文请按1", "zh")
    assert [(tone, said.strip()) for tone, said in runs] == [
        (CALM["en"], "For English, press 2"),
        (CALM["zh"], "。中文请按一"),
    ]
    assert [tone for tone, _ in runs_of("For Mandarin, 请按2, thanks", "en")] == [
        CALM["en"],
        CALM["zh"],
        CALM["en"],
    ]
    assert [said for _, said in runs_of("打开App", "zh")] == ["打开App"]


def test_misread_words_are_respelt() -> None:
    assert [said.split() for _, said in runs_of("请输入行号", "zh")] == [
        ["请输入", "hang2", "hao4"]
    ]


@given(st.text(max_size=200), st.sampled_from(["zh", "en", "zh-CN"]))
def test_any_text_becomes_printable_text(text: str, language: str) -> None:
    said = spoken_text(text, language)
    assert all(char == " " or char.isprintable() for char in said)


def test_overlong_text_is_cut() -> None:
    assert len(spoken_text("好" * (MAX_TEXT + 500), "zh")) == MAX_TEXT


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_every_number_can_be_said(number: int) -> None:
    said = mandarin_number(str(number))
    assert said
    assert not said.endswith("零") or said == "零"
    assert "零零" not in said
