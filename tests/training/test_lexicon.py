from ivr.training.lexicon import combined, english, mandarin, syllables, toned_syllables
from ivr.training.speaking import SpeakingProcess


def test_polyphones_are_read_in_context() -> None:
    assert syllables("银行") == ("yin", "hang")
    assert syllables("重复") == ("chong", "fu")
    assert syllables("查余额") == ("cha", "yu", "e")


def test_single_hanzi_keep_several_readings() -> None:
    assert len(mandarin("行")) == 2
    assert len(mandarin("我")) == 1


def test_tones_are_digits_for_the_synthesiser() -> None:
    assert toned_syllables("女儿吗") == ("nv3", "er2", "ma5")


def test_er_may_melt_into_the_syllable_before() -> None:
    apart, melted = mandarin("一会儿")
    assert apart[-2:] == ("zh:er1", "zh:er2")
    assert melted[-2:] == ("zh:uei1", "zh:er2")
    assert len(mandarin("女儿")) == 1


def test_english_comes_from_the_synthesiser() -> None:
    with SpeakingProcess() as speaker:
        lexicon = english(["balance", "zero", "b", "water"], speaker)
    assert lexicon["b"] == (("en:B", "en:IY"),)
    assert ("en:B", "en:AE", "en:L", "en:AX", "en:N", "en:S") in lexicon["balance"]
    assert len(lexicon["water"]) == 2  # American and British
    assert lexicon["zero"] == (tuple(f"en:zero.{number}" for number in range(1, 6)),)


def test_ways_through_a_phrase_are_bounded() -> None:
    lexicon = {"a": (("x",), ("y",))}
    assert combined(["a", "a"], lexicon) == [("x", "x"), ("x", "y"), ("y", "x"), ("y", "y")]
    assert len(combined(["a"] * 10, lexicon)) == 16
