"""Words every flow may rely on: the usual commands and answers, in Mandarin and English.

A flow in another language writes its own; what it leaves out has no phrases there.
"""

from functools import lru_cache

from ivr.flow.phrases import sentences

_Patterns = dict[str, dict[str, tuple[str, ...]]]

_COMMANDS: _Patterns = {
    "repeat": {
        "zh": ("(请)?(再说|重复)一遍", "再说一次", "没听清", "(请)?重复"),
        "en": ("(please)? repeat", "say (that|it) again", "say again"),
    },
    "back": {
        "zh": ("返回(上一层|上一级)?", "上一步", "退回"),
        "en": ("go back", "back"),
    },
    "help": {"zh": ("帮助", "怎么用"), "en": ("help", "help me")},
    "main_menu": {
        "zh": ("(返回|回到)?主菜单", "从头开始", "回到开头"),
        "en": ("main menu", "start over"),
    },
    "operator": {
        "zh": ("(转)?人工(服务|客服|坐席)?", "(我)?(要)?找人工", "接线员", "(找)?客服"),
        "en": (
            "operator",
            "(an)? agent",
            "(speak|talk) to (a|an) (person|human|agent)",
            "customer service",
        ),
    },
}

_ANSWERS: _Patterns = {
    "yes": {
        "zh": ("是", "是的", "对", "对的", "没错", "正确", "好", "好的", "可以", "确认", "嗯"),
        "en": ("yes", "yeah", "yep", "correct", "that's right", "right", "sure", "okay"),
    },
    "no": {
        "zh": ("不", "不是", "不对", "错了", "不正确", "不要", "不用", "不行", "没有"),
        "en": ("no", "nope", "wrong", "not right", "that's wrong", "incorrect", "no thanks"),
    },
}

COMMAND_KEYS = {"repeat": "9", "back": "*", "main_menu": "#", "operator": "0", "help": ""}
ANSWER_KEYS = {"yes": "1", "no": "2"}

PROMPTS = {
    "did_you_mean": {
        "zh": "您是说{choice}, 对吗? 对请按 1, 不对请按 2。",
        "en": "You said {choice}, is that right? For yes press 1, for no press 2.",
    },
    "follow_up": {
        "zh": "您刚才还想{choice}, 现在办吗? 要办请按 1, 不办请按 2。",
        "en": "You also wanted to {choice}. Shall we do that now? For yes press 1, for no press 2.",
    },
    "did_you_say": {
        "zh": "您说的是{value}, 对吗? 对请按 1, 不对请按 2。",
        "en": "I heard {value}, is that right? For yes press 1, for no press 2.",
    },
    "apology": {
        "zh": "很抱歉, 系统出了点问题。",
        "en": "We are sorry, something went wrong on our side.",
    },
    "noinput": {"zh": "抱歉, 我没有听到您的声音。", "en": "Sorry, I did not hear you."},
    "nomatch": {"zh": "抱歉, 我没有听明白。", "en": "Sorry, I did not understand."},
}


def command_phrases(name: str, language: str) -> tuple[str, ...]:
    return _all(_COMMANDS.get(name, {}).get(language, ()))


def answer_phrases(name: str, language: str) -> tuple[str, ...]:
    return _all(_ANSWERS[name].get(language, ()))


@lru_cache(maxsize=256)
def _all(patterns: tuple[str, ...]) -> tuple[str, ...]:
    found = (sentence for pattern in patterns for sentence in sentences(pattern))
    return tuple(dict.fromkeys(found))
