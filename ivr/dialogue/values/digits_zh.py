"""Mandarin digit strings: heard text -> tokens for `ivr.dialogue.values.tokens`."""

import re

from ivr.dialogue.values.corrections import CORRECT_ZH, RESTART_ZH
from ivr.dialogue.values.text import Heard, fold_mandarin
from ivr.dialogue.values.tokens import Sort, Token

DIGIT = {
    "零": "0", "洞": "0", "一": "1", "幺": "1", "二": "2", "两": "2", "三": "3", "四": "4",
    "五": "5", "六": "6", "七": "7", "拐": "7", "八": "8", "九": "9", "勾": "9",
}  # fmt: skip
D = "[零洞一幺二两三四五六七拐八九勾]"
_COUNT = {"俩": 2, "仨": 3, "两": 2, "十": 10}
_MEASURE = "[笔张次块元月天点分名条岁件遍种些直般样样定共起旦家间台辆句会年周倍毛角]"

NOISE = (
    r"一(?:下子?|会儿?|点儿?|直|样|般|定|共|起|旦|些|种|遍|边|切|律)|万一|统一|唯一|第一次"
    rf"|(?:第|[前后头末尾]|最后|倒数)+{D}?十?{D}?(?:[到至]{D})?[位个](?:数字?|号码)?"
    rf"|{D}位(?:数字?|号码)?|{D}连号|尾数|区号|末尾|结尾|开头|后面|前面|最后|中间|接着|然后|再然后"
    r"|我的?|我们|你|您|他|她|银行卡|信用卡|储蓄卡|卡号|账号|帐号|号码|尾号|卡尾号|卡片|卡"
    r"|数字|金额|工单号?"
    r"|订单号?|验证码|密码|电话|手机号?|身份证号?|号|分机号?|座机|客服|编号|公民|证件"
    r"|应该|大概|可能|好像|好了?|谢谢|您好|你好|喂|对对?|没错|记一下|听好|说|报|念|打给?|叫|有"
    r"|全是|都是"
    r"|嗯|啊|呃|额|唔|哦|噢|诶|哎|那个|这个|那|这|就|个|呢|吧|呀|嘛|的|了|加|横杠|杠|空格|等等|等"
)
_IDENTITY = r"(?P<x>(?:大写的?|字母|一个)?(?:x|叉|埃克斯|艾克斯|爱克斯|挨克斯))"
_TOKEN_SOURCE = (
    rf"(?P<restart>{RESTART_ZH})|(?P<correct>,?{CORRECT_ZH})"
    rf"|(?P<last>(?:最后|末尾|后面?)(?P<n>[一两二三四五六七八]|\d)(?:位|个)(?:数字?)?(?:应该)?是?)"
    r"|(?P<not>不是)|(?P<is>而?是)"
    rf"|(?P<repeat>(?P<count>十{D}|[十俩仨]|{D}|\d{{1,2}})个(?:连着的)?(?P<what>{D}|\d(?!\d)))"
    rf"|(?P<pair>(?:双|叠)(?P<both>{D}|\d(?!\d)))|(?P<fraction>(?:{D}|\d)+点(?:{D}|\d)+)"
    rf"|(?P<measured>(?<!{D}){D}个(?!{D})|(?<![{D[1:-1]}\d])(?:{D}|\d){_MEASURE}(?!{D}{{3}}))"
    rf"|(?P<few>[俩仨]{D})|(?P<cardinal>(?!{D}十{D}个{D})(?:{D}千(?:零{D}?十?{D}?"
    rf"|(?:{D}百)?(?:{D}?十{D}?)?(?:{D}(?!{D}))?)"
    rf"|{D}百(?:零{D}(?!{D})|{D}?十{D}?|{D}(?!{D}))?|{D}?十(?:{D}(?!{D}{{3}}))?))"
    rf"|(?P<noise>{NOISE})|(?P<written>\d+)|(?P<digit>{D})|(?P<pause>[,\-.:/+]+)"
)
_TOKENS = re.compile(_TOKEN_SOURCE + "|(?P<strange>.)", re.S)
_TOKENS_X = re.compile(_IDENTITY + "|" + _TOKEN_SOURCE + "|(?P<strange>.)", re.S)

_SORTS = {
    "restart": Sort.RESTART, "correct": Sort.CORRECT, "not": Sort.NOT, "is": Sort.IS,
    "last": Sort.LAST, "noise": Sort.NOISE, "pause": Sort.PAUSE, "strange": Sort.STRANGE,
    "measured": Sort.STRANGE, "fraction": Sort.STRANGE,
}  # fmt: skip
_UNITS = {"千": 1000, "百": 100, "十": 10}


def tokens(text: str, *, x: bool = False) -> list[Token]:
    """Tokens with offsets into `text`; with `x` the last sign of an identity number counts."""
    heard = fold_mandarin(text)
    found: list[Token] = []
    pause = False
    for match in (_TOKENS_X if x else _TOKENS).finditer(heard.text):
        token = _token(match, heard, pause)
        pause = token.sort is Sort.PAUSE
        found.append(token)
    return found


def _token(match: re.Match[str], heard: Heard, pause: bool) -> Token:
    start, end = heard.span(match.start(), match.end())
    gap = pause or match.start() in heard.gaps
    name = match.lastgroup or "strange"  # of nested groups the outer one closes last
    sort = _SORTS.get(name, Sort.DIGITS)
    text = match[0]
    if sort is Sort.DIGITS:
        text = _said(name, match)
    elif sort is Sort.LAST:
        text = _digit(match["n"])
    return Token(sort, text, start, end, gap)


def _said(name: str, match: re.Match[str]) -> str:
    if name == "x":
        return "X"
    if name == "repeat":
        return _digit(match["what"]) * _times(match["count"])
    if name == "pair":
        return _digit(match["both"]) * 2
    if name == "few":
        return _digit(match[0][1]) * _COUNT[match[0][0]]
    if name == "cardinal":
        return str(cardinal(match[0]))
    return _digit(match[0]) if name == "digit" else match[0]


def _digit(char: str) -> str:
    return DIGIT.get(char, char)


def _times(count: str) -> int:
    if count in _COUNT:
        return _COUNT[count]
    if count.startswith("十"):
        return 10 + int(_digit(count[1:]))
    return min(int(_digit(count)), 20)


def cardinal(text: str) -> int:
    """Below ten thousand; a last digit right after 百 or 千 counts tens or hundreds."""
    total, number, unit = 0, 0, 1
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            total += (number or 1) * unit
            number = 0
        else:
            number = int(_digit(char))
            unit = 1 if char == "零" else unit
    return total + number * (unit // 10 if unit > 10 else 1)
