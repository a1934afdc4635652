"""Words a caller may use for each kind of value: the recogniser's run-time grammar."""

from ivr.dialogue.values.letters import CODE_WORDS, PROVINCES
from ivr.dialogue.values.text import listed

_ZH_DIGITS = (*"零一幺二两三四五六七八九洞拐勾双个",)
_ZH_UNITS = ("十", "百", "千", "万", "亿", "点", "半")
_ZH_TALK = ("不对", "不是", "是", "重新说", "嗯", "那个", "就是")
_EN_DIGITS = listed("zero oh one two three four five six seven eight nine double triple")
_EN_TENS = listed(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
    " thirty forty fifty sixty seventy eighty ninety"
)
_EN_SCALES = ("a", "and", "hundred", "thousand", "million", "point", "half")
_EN_TALK = ("no", "sorry", "not", "wait", "um", "start", "again")
_ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
    " thirtieth"
)
_MONTHS = listed(
    "january february march april may june july august september october november december"
)
_WEEKDAYS = listed("monday tuesday wednesday thursday friday saturday sunday")
_ZH_LETTERS = tuple("ABCDEFGHJKLMNPQRSTUVWXYZ")

_ZH_DAYS = (
    "今天", "明天", "后天", "大后天", "昨天", "前天", "大前天", "上", "下", "这", "周", "星期",
    "礼拜", "日",
    "天", "号", "月", "年", "月底", "月初", "年底", "去年", "今年", "明年", "前年", "前", "后",
)  # fmt: skip
_ZH_SPANS = ("最近", "从", "到", "至", "过去", "季度", "上半年", "下半年", "周末", "半年", "以来")
_EN_DAYS = (
    "today", "tomorrow", "yesterday", "the", "of", "day", "after", "before", "last", "next", "this",
    "week", "weeks", "days", "month", "months", "year", "years", "ago", "in", "from", "now",
    "end", "start", "beginning", "nineteen", "twenty", "two", "thousand", *_ORDINALS, *_MONTHS,
    *_WEEKDAYS,
)  # fmt: skip

_WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("digits", "zh"): (*_ZH_DIGITS, "十", "百", "千", *_ZH_TALK),
    ("digits", "en"): (*_EN_DIGITS, *_EN_TENS, "hundred", "nought", *_EN_TALK),
    ("id_number", "zh"): (*_ZH_DIGITS, "叉", "X", *_ZH_TALK),
    ("id_number", "en"): (*_EN_DIGITS, *_EN_TENS, "x", *_EN_TALK),
    ("card_number", "zh"): (*_ZH_DIGITS, *_ZH_TALK),
    ("card_number", "en"): (*_EN_DIGITS, *_EN_TENS, *_EN_TALK),
    ("phone", "zh"): (*_ZH_DIGITS, "百", *_ZH_TALK),
    ("phone", "en"): (*_EN_DIGITS, *_EN_TENS, "hundred", "plus", *_EN_TALK),
    ("amount", "zh"): (
        *_ZH_DIGITS, *_ZH_UNITS, "块", "块钱", "元", "毛", "角", "分", "人民币", "美元", "欧元",
        "英镑",
        "港币", "日元", "大概", "左右", "多", *_ZH_TALK,
    ),
    ("amount", "en"): (
        *_EN_DIGITS, *_EN_TENS, *_EN_SCALES, "grand", "bucks", "dollars", "yuan", "pounds",
        "euros", "cents", "quid", "pence", "couple", "of", "about", *_EN_TALK,
    ),
    ("percent", "zh"): (
        "百分之", "千分之", "万分之", "百分百", "成", "折", "一半", "个点", "分之", *_ZH_DIGITS,
        *_ZH_UNITS,
    ),
    ("percent", "en"): ("percent", "quarter", *_EN_DIGITS, *_EN_TENS, *_EN_SCALES),
    ("date", "zh"): (*_ZH_DIGITS, "十", *_ZH_DAYS, *_ZH_TALK),
    ("date", "en"): (*_EN_DAYS, *_EN_DIGITS, *_EN_TENS, *_EN_TALK),
    ("span", "zh"): (*_ZH_DIGITS, "十", *_ZH_DAYS, *_ZH_SPANS, *_ZH_TALK),
    ("span", "en"): (
        *_EN_DAYS, *_EN_DIGITS, *_EN_TENS, "between", "and", "to", "through", "since", "past",
        "quarter", "weekend", *_EN_TALK,
    ),
    ("time", "zh"): (
        *_ZH_DIGITS, "十", "点", "点钟", "半", "刻", "分", "差", "整", "过", "上午", "下午",
        "早上", "中午",
        "晚上", "凌晨", "傍晚", "半夜", *_ZH_TALK,
    ),
    ("time", "en"): (
        *_EN_DIGITS, *_EN_TENS, "half", "quarter", "past", "to", "o'clock", "am", "pm", "in", "the",
        "morning", "afternoon", "evening", "at", "night", "noon", "midnight", *_EN_TALK,
    ),
    ("yes_no", "zh"): (
        "是", "是的", "对", "对的", "没错", "嗯", "行", "可以", "好", "好的", "要", "需要", "有",
        "确认",
        "确定", "同意", "正确", "没问题", "不", "不是", "不对", "不行", "不可以", "不要", "不用",
        "不用了", "不需要",
        "没有", "算了", "错了", "别", "取消", "不同意",
    ),
    ("yes_no", "en"): (
        "yes", "yeah", "yep", "yup", "sure", "correct", "right", "that's right", "okay",
        "of course",
        "exactly", "please", "no", "nope", "nah", "no thanks", "wrong", "incorrect", "not",
        "cancel",
        "never mind",
    ),
    ("plate", "zh"): (*PROVINCES, *_ZH_LETTERS, *_ZH_DIGITS),
    ("letters", "zh"): (*_ZH_LETTERS, "O", "I", *_ZH_DIGITS, "字母"),
}  # fmt: skip
_WORDS["plate", "en"] = _WORDS["letters", "en"] = (
    *"abcdefghijklmnopqrstuvwxyz", *CODE_WORDS, *_EN_DIGITS, "as", "in", "for",
)  # fmt: skip


def grammar_words(kind: str, language: str) -> tuple[str, ...]:
    """What the recogniser must be able to hear for a kind; "en" where a language is unknown.

    The words may come in any order. Raises ValueError for an unknown kind.
    """
    known = _WORDS.get((kind, language)) or _WORDS.get((kind, "en"))
    if known is None:
        raise ValueError(f"no kind of spoken value named {kind!r}")
    return tuple(dict.fromkeys(known))
