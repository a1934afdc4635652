"""Wording: brings heard and written words to one plain form and takes polite filling away."""

import re
from functools import lru_cache

UNKNOWN = "[unk]"
"""The recogniser's word for speech outside the grammar."""

_DROPPED = re.compile(r"[^\w\s']|_")
_BLANKS = re.compile(r"\s+")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BETWEEN_CJK = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")

_BEFORE = re.compile(
    r"^(?:你好|您好|喂|嗯+|啊|呃|那个|这个|请问|请|麻烦(?:你|您)?|帮我|帮忙|给我|替我|"
    r"我想要?|我要|我需要|想要?|我来|能不能|可不可以|可以)(?=.)"
)
_AFTER = re.compile(
    r"(?<=.)(?:一下子?|吧|呢|啊|呀|吗|嘛|了吧|好吗|可以吗|行吗|谢谢(?:你|您)?|业务|服务)$"
)
_BEFORE_EN = re.compile(
    r"^(?:hello|hi|hey|um+|uh+|well|so|please|can you|could you|can i|could i|may i|"
    r"i want to|i want|i would like to|i would like|i'd like to|i'd like|i need to|i need|"
    r"help me|to|with|my|the|a)\s+(?=\S)"
)
_AFTER_EN = re.compile(r"(?<=\S)\s+(?:please|thanks|thank you|for me|now)$")


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """Small letters, no punctuation, no blanks between Mandarin characters."""
    bare = _BLANKS.sub(" ", _DROPPED.sub(" ", text.casefold())).strip()
    return _BETWEEN_CJK.sub("", bare)


@lru_cache(maxsize=16_384)
def core(text: str) -> str:
    """`plain` text without polite filling at its ends; never empty unless the text is."""
    before, bare = "", plain(text)
    while bare != before:
        before = bare
        if _CJK.search(bare):
            bare = _AFTER.sub("", _BEFORE.sub("", bare)).strip()
        else:
            bare = _AFTER_EN.sub("", _BEFORE_EN.sub("", bare)).strip()
    return bare


@lru_cache(maxsize=16_384)
def tokens(text: str) -> tuple[str, ...]:
    """Units for comparing lengths: Mandarin characters and words of other languages."""
    return tuple(re.findall(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+", text))
