"""What a telephone confuses sounds alike, and what it does not does not."""

import pytest

from ivr.flow.checks.sounds_alike import alike, sound_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("还款", "换款"), ("四", "是"), ("十", "四"), ("南科", "兰科"), ("挂失", "挂丝"),
        ("贷款", "贷宽"), ("人工", "仍供"), ("金额", "惊讹"),
        ("card", "cart"), ("price", "prize"), ("fifteen", "fifty"), ("knight", "night"),
        ("wealth products", "health products"), ("bill", "pill"),
    ],
)  # fmt: skip
def test_alike(one: str, other: str) -> None:
    assert alike(sound_key(one), sound_key(other))
    assert alike(sound_key(other), sound_key(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("挂失", "挂号"), ("理财", "理赔"), ("存款", "取款"), ("是", "不是"), ("需要", "不要"),
        ("余额", "账单"), ("yes", "no"), ("loans", "balance"), ("transfer", "operator"),
    ],
)  # fmt: skip
def test_not_alike(one: str, other: str) -> None:
    assert not alike(sound_key(one), sound_key(other))


def test_signs_and_blanks_make_no_sound() -> None:
    assert sound_key("查 余额!") == sound_key("查余额")
    assert sound_key("?!") == ""
