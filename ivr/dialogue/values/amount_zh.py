"""Mandarin amounts of money: "一百零二块三" -> 102.3 yuan."""

import re
from decimal import Decimal

from ivr.dialogue.values.corrections import pieces_zh
from ivr.dialogue.values.model import Value
from ivr.dialogue.values.numbers_zh import NUMBER, D, digit, number, plain
from ivr.dialogue.values.text import Heard, fold_mandarin

CURRENCIES = {
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "美元": "USD", "美金": "USD",
    "美刀": "USD", "刀": "USD", "usd": "USD", "$": "USD", "欧元": "EUR", "eur": "EUR",
    "欧": "EUR", "€": "EUR",
    "英镑": "GBP", "镑": "GBP", "£": "GBP", "gbp": "GBP", "日元": "JPY", "日币": "JPY",
    "港币": "HKD", "港元": "HKD", "港纸": "HKD", "hkd": "HKD", "韩元": "KRW", "韩币": "KRW",
    "澳元": "AUD", "澳币": "AUD", "加元": "CAD", "加币": "CAD", "新台币": "TWD", "台币": "TWD",
    "新加坡元": "SGD", "新币": "SGD", "瑞士法郎": "CHF", "瑞郎": "CHF", "泰铢": "THB",
    "卢布": "RUB", "澳门元": "MOP", "澳门币": "MOP", "大洋": "CNY",
}  # fmt: skip
_CURRENCY = "|".join(re.escape(name) for name in sorted(CURRENCIES, key=len, reverse=True))
_SPELLED = {"dollar": "USD"}

_FILLERS = re.compile(r"嗯|呃|额|啊|唔|哎|那个|就是|这个|,")
_NOISE = re.compile(
    r"一(?:下子?|会儿?|点儿?(?![零一二三四五六七八九十\d])|直|样|般|定|共|起|旦|些|种|遍|边|切"
    r"|律|笔|张|个(?![亿万wk])|次|家|位|户)|(?<![零一二两三四五六七八九十百千\d])万一(?![零一二三四五六七八九十百千\d])|统一"
    rf"|唯一|第{D}+|[两三几]笔|[两三四]张|尾号(?:是|为)?(?:{D}|\d)+|{D}(?:号|月|天|年)"
)
_D1 = rf"(?:{D}|\d)"
_CENTS = (
    rf"(?:零?(?P<jiao>{_D1})[毛角](?:零?(?P<fen>{_D1})分?)?|零?(?P<fen2>{_D1})分"
    rf"|零(?P<fen3>{_D1})(?![十百千万亿\d])|(?P<tail>{_D1})(?![十百千万亿\d月号天年点])"
    rf"|(?P<half>半))"
)
_MONEY = re.compile(
    rf"(?P<jiao0>{_D1}|半)[毛角](?P<fen0>{_D1})?分?钱?|(?P<fen1>{_D1}+|十{_D1}?)分钱"
    rf"|(?:(?P<before>{_CURRENCY})(?:是)?)?"
    rf"(?:(?P<rough>(?<!{_D1})(?P<lo>[一二两三四五六七八])(?P<hi>[二三四五六七八九])(?P<unit>[十百千万]+|(?=块|元)))"
    rf"|(?P<about>[百千万]把)|(?P<half_of>半(?:个?[万亿]|(?=块|元)))"
    rf"|(?P<n>{NUMBER}))(?P<more>[多来余几](?P<scale>[万亿百千]*))?"
    rf"(?:(?P<yuan>块|元){_CENTS}?)?"
    rf"(?:钱|整|正)?(?P<after>{_CURRENCY})?"
)
_ABOUT = re.compile(r"大概|大约|差不多|左右|上下|出头|不到|接近|将近|约|来块|可能|估计|[块元]钱?多")
_SHORT_SCALES = re.compile(rf"(?<={_D1})个?[kw](?![a-z])")
_TWO_ENDS = re.compile(r".+[百千万](?:一二|二三|三四|四五|五六|六七|七八|八九)")
"""\"一千二三\": between 1200 and 1300."""
_ROUGH_GAPS = {("三", "五")}


def parse(text: str) -> Value | None:
    """The amount in the text; the last one that counts after corrections."""
    for heard in reversed(pieces_zh(fold_mandarin(text))):
        # "三千, 嗯, 五" is one number; "三百, 呃, 三百五" is said twice, and the last counts.
        found = _best(heard.without(_FILLERS)) or _best(heard)
        if found:
            return found
    return None


def _best(heard: Heard) -> Value | None:
    text = _NOISE.sub(lambda m: "," * len(m[0]), heard.text)
    text = _SHORT_SCALES.sub(
        lambda m: "," * (len(m[0]) - 1) + "千" if m[0][-1] == "k" else "个万"[-len(m[0]) :], text
    )
    best: tuple[tuple[bool, bool, int], Value] | None = None
    for match in _MONEY.finditer(text):
        value = _amount(match)
        if value is None:
            continue
        unit = _currency(match)
        rough = bool(
            match["rough"]
            or _TWO_ENDS.fullmatch(match["n"] or "")
            or match["about"]
            or match["more"]
            or _ABOUT.search(text)
        )
        others = (_upper(match),) if match["rough"] else ()
        start, end = heard.span(match.start(), match.end())
        rank = (bool(unit), bool(re.search(r"[十百千万亿\d点]", match[0])), len(match[0]))
        if best is None or rank >= best[0]:
            found = Value("amount", plain(value), start, end, unit, rough, others)
            best = (rank, found)
    return best[1] if best else None


def _currency(match: re.Match[str]) -> str:
    named = match["after"] or match["before"]
    if named:
        return CURRENCIES[named]
    said = match["yuan"] or match["jiao0"] or match["fen1"]
    return "CNY" if said else ""


def _amount(match: re.Match[str]) -> Decimal | None:
    if match["jiao0"]:
        tenths = Decimal("0.5") if match["jiao0"] == "半" else Decimal(digit(match["jiao0"]))
        return tenths / 10 + _hundredths(match["fen0"])
    if match["fen1"]:
        fen = number(match["fen1"])
        return fen / 100 if fen is not None else None
    whole = _whole(match)
    if whole is None:
        return None
    if match["half"]:
        return whole + Decimal("0.5")
    jiao = match["jiao"] or match["tail"]
    return (
        whole
        + (Decimal(digit(jiao)) / 10 if jiao else 0)
        + _hundredths(match["fen"] or match["fen2"] or match["fen3"])
    )


def _hundredths(text: str | None) -> Decimal:
    return Decimal(digit(text)) / 100 if text else Decimal(0)


def _whole(match: re.Match[str]) -> Decimal | None:
    if match["rough"]:
        low, high = digit(match["lo"]), digit(match["hi"])
        near = high == low + 1 or (match["lo"], match["hi"]) in _ROUGH_GAPS
        if not near or not match["unit"]:
            return number(match["rough"])
        return number(match["lo"] + match["unit"])
    if match["about"]:
        return number("一" + match["about"][0])
    if match["half_of"]:
        return number(match["half_of"]) if len(match["half_of"]) > 1 else Decimal("0.5")
    said = match["n"] + (match["scale"] or "")
    if _TWO_ENDS.fullmatch(said):
        return number(said[:-1])
    return number(said)


def _upper(match: re.Match[str]) -> str:
    value = number(match["hi"] + match["unit"])
    return plain(value) if value is not None else ""
