"""Writes text the way it is to be read aloud, where a synthesiser would read it wrongly.

Digits that name something (a card, a telephone number) are read one by one, with 幺 for 1 as on
every Chinese telephone; digits that count something are read as a number; capitals are spelled;
keys, signs and dates get their names; every pause has the punctuation the voice knows.
"""

import re
import unicodedata

MAX_TEXT = 1000
"""Characters a voice takes at once; a minute of Mandarin has about 220."""

_DIGITS = "零一二三四五六七八九"
_SPELLED = str.maketrans("0123456789", "零幺二三四五六七八九")
_YEAR = str.maketrans("0123456789", _DIGITS)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NAMED = r"(?:尾号|末四位|后四位|卡号|账号|帐号|号码|编号|工号|电话|热线|拨打|致电|验证码|密码)"
_COUNTED = r"(?=\s*(?:元|块|万|亿|千|百|美元|港元|欧元|日元|英镑|人民币|笔|次|个|位|分|秒|天|人))"

_MEASURES = "个笔次位张天种项条家户年秒倍份套"

_FULL_WIDTH = str.maketrans({",": "，", ";": "；", ":": "：", "!": "！", "?": "？"})
_PLAIN = str.maketrans("，。；：！？、（）“”‘’《》「」【】…", ',.;:!?,()""\'\'"""""".')
_ENGLISH_SIGNS = {"#": " pound ", "*": " star ", "&": " and ", "@": " at ", "+": " plus "}


def spoken_text(text: str, language: str) -> str:
    """`text` as the voice of `language` is to read it; may be empty.

    At most `MAX_TEXT` characters are read. Control and private characters are dropped.
    """
    kept = _clean(unicodedata.normalize("NFKC", text[:MAX_TEXT]))
    return _mandarin(kept) if is_mandarin(language) else _english(kept)


def is_mandarin(language: str) -> bool:
    """Whether a language tag names Mandarin (`zh`, `zh-CN`, `cmn`)."""
    return language.lower().split("-")[0] in {"zh", "cmn"}


def mandarin_number(number: str) -> str:
    """Digits, perhaps with a decimal point, as Mandarin counts: "10500.5" -> "一万零五百点五"."""
    whole, _, decimals = number.partition(".")
    spoken = _whole(whole.lstrip("0") or "0")
    return spoken + ("点" + decimals.translate(_YEAR) if decimals else "")


def _clean(text: str) -> str:
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] in "LNPSM"
    )
    return re.sub(r" +", " ", "".join(kept)).strip()


# -- Mandarin --------------------------------------------------------------------------------


def _mandarin(text: str) -> str:
    text = re.sub(r"(\d{4})\s*年", lambda found: found[1].translate(_YEAR) + "年", text)
    text = re.sub(rf"({_NUMBER})\s*%", lambda found: "百分之" + _counted(found[1]), text)
    text = re.sub(rf"¥\s*({_NUMBER})(?:元)?", lambda found: _money(found[1]), text)
    text = re.sub(rf"(?<![\d.])({_NUMBER})\s*元", lambda found: _money(found[1]), text)
    text = re.sub(r"(\d{1,2}):(\d{2})(?!\d)", _clock, text)
    text = re.sub(rf"({_NAMED}[是为:：\s]*)(\d[\d\s-]*)", _named, text)
    text = re.sub(r"\d(?:[ -]?\d)*(?:[ -]\d)+(?![\d.])", _spelled, text)
    text = re.sub(rf"(?<![\d.,])\d{{5,}}(?![\d.,]){_not(_COUNTED)}", _spelled, text)
    text = re.sub(r"(?<![\d.,])0\d+(?![\d.,])", _spelled, text)
    text = re.sub(r"(?<=\d)\s*[-~–]\s*(?=\d)", "到", text)
    text = re.sub(rf"(?<![\d.,])2(?=\s*(?:[{_MEASURES}]|分钟|小时|美元|万|亿))", "两", text)
    text = re.sub(_NUMBER, lambda found: _counted(found[0]), text)
    text = re.sub(r"#(?:号键|号|键)?", "井号键", text)
    text = re.sub(r"\*(?:号键|号|键)?", "星号键", text)
    text = re.sub(r"\b[A-Z]{2,5}\b", lambda found: " ".join(found[0]), text, flags=re.ASCII)
    text = text.translate(_FULL_WIDTH).replace("&", "和").replace("+", "加")
    text = re.sub(r"[^\w\s，。；：！？、….'—-]+", "，", text)
    return re.sub(r"(?<=[，。；：！？、…]) +", "", text).strip("，、 ")


def _not(ahead: str) -> str:
    return "(?!" + ahead.removeprefix("(?=")


def _spelled(found: re.Match[str]) -> str:
    return re.sub(r"[ -]", "", found[0]).translate(_SPELLED)


def _named(found: re.Match[str]) -> str:
    groups = re.split(r"[\s-]{1,}", found[2].strip(" -"))
    spelled = groups if all(len(group) == 1 for group in groups) else None
    digits = "".join(groups) if spelled else "，".join(groups)
    return found[1].rstrip() + digits.translate(_SPELLED)


def _clock(found: re.Match[str]) -> str:
    hour, minute = found[1], found[2]
    if int(hour) > 24 or int(minute) > 59:
        return found[0]
    spoken = ("两" if int(hour) == 2 else mandarin_number(hour)) + "点"
    if minute == "00":
        return spoken
    return spoken + ("零" if minute[0] == "0" else "") + mandarin_number(minute) + "分"


def _counted(number: str) -> str:
    return mandarin_number(number.replace(",", ""))


def _money(number: str) -> str:
    whole, _, decimals = number.replace(",", "").partition(".")
    if len(decimals) > 2:
        return mandarin_number(f"{whole}.{decimals}") + "元"
    jiao, fen = tuple(decimals.ljust(2, "0"))
    spoken = ("两" if whole == "2" else mandarin_number(whole)) + "元"
    if jiao == fen == "0":
        return spoken
    if int(whole) == 0:
        spoken = ""
    if jiao != "0":
        spoken += _DIGITS[int(jiao)] + "角"
    elif spoken:
        spoken += "零"
    return spoken + (_DIGITS[int(fen)] + "分" if fen != "0" else "")


def _whole(digits: str) -> str:
    if len(digits) > 12:
        return digits.translate(_YEAR)
    if len(digits) > 8:
        return _joined(digits[:-8], "亿", digits[-8:])
    if len(digits) > 4:
        return _joined(digits[:-4], "万", digits[-4:])
    return _below_ten_thousand(digits)


def _joined(high: str, unit: str, low: str) -> str:
    head = ("两" if high == "2" else _whole(high)) + unit
    rest = low.lstrip("0")
    if not rest:
        return head
    gap = "零" if len(rest) < len(low) else ""
    tail = _whole(rest)
    return head + gap + ("一" + tail if tail.startswith("十") else tail)


def _below_ten_thousand(digits: str) -> str:
    spoken = ""
    for place, digit in enumerate(digits):
        unit = ("", "十", "百", "千")[len(digits) - place - 1]
        if digit == "0":
            if spoken and not spoken.endswith("零"):
                spoken += "零"
        elif digit == "2" and unit == "千":
            spoken += "两千"
        else:
            spoken += _DIGITS[int(digit)] + unit
    spoken = spoken if digits == "0" or not spoken else spoken.rstrip("零")
    if digits == "0":
        return "零"
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken


# -- English ---------------------------------------------------------------------------------


def _english(text: str) -> str:
    text = text.translate(_PLAIN)
    text = re.sub(r"(?<![\d.,$€£])\d{5,}(?![\d.,])", lambda found: " ".join(found[0]), text)
    text = re.sub(r"(?i)\b(ending(?: in| with)?|number|code|dial|call) (\d{2,})\b", _digits, text)
    text = re.sub(rf"\$\s?({_NUMBER})", _dollars, text)
    for sign, name in _ENGLISH_SIGNS.items():
        text = text.replace(sign, name)
    text = re.sub(r"[^\w\s,.;:!?'()%$€£/-]+", " ", text)
    return re.sub(r" +", " ", re.sub(r" +(?=[,.;:!?])", "", text)).strip()


def _digits(found: re.Match[str]) -> str:
    return f"{found[1]} {' '.join(found[2])}"


def _dollars(found: re.Match[str]) -> str:
    whole, _, cents = found[1].replace(",", "").partition(".")
    spoken = f"{whole} dollar{'' if whole == '1' else 's'}"
    if len(cents) == 2 and cents != "00":
        spoken += f" and {int(cents)} cent{'' if cents == '01' else 's'}"
    return spoken
