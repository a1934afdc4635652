"""English amounts of money: "five pounds fifty", "two grand" -> value and currency."""

from decimal import Decimal

from ivr.dialogue.values.corrections import pieces_en
from ivr.dialogue.values.model import Value
from ivr.dialogue.values.numbers_en import Reader
from ivr.dialogue.values.numbers_zh import plain
from ivr.dialogue.values.text import Word, english_words, listed

CURRENCIES = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "sterling": "GBP", "gbp": "GBP",
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "yuan": "CNY", "rmb": "CNY", "cny": "CNY",
    "renminbi": "CNY", "kuai": "CNY", "yen": "JPY", "hkd": "HKD", "won": "KRW", "rupees": "INR",
    "francs": "CHF",
}  # fmt: skip
_CENTS = {"cent": "USD", "cents": "USD", "pence": "GBP", "p": "GBP", "penny": "GBP"}
_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "¥": "CNY"}
_NOTES = {"fiver": 5, "tenner": 10}
_LANDS = {
    ("hong", "kong"): "HKD", ("us",): "USD", ("american",): "USD", ("canadian",): "CAD",
    ("australian",): "AUD", ("singapore",): "SGD",
}  # fmt: skip
_ABOUT = frozenset(
    listed("about around roughly approximately nearly almost maybe ish so under over")
)
_EVERYDAY = frozenset(listed("question moment second one"))


def parse(text: str) -> Value | None:
    """The amount in the text; the last one that counts after corrections."""
    for words in reversed(pieces_en(english_words(text))):
        found = _best(words)
        if found:
            return found
    return None


def _best(words: list[Word]) -> Value | None:
    best: tuple[tuple[bool, int], Value] | None = None
    at = 0
    while at < len(words):
        found = _amount(words, at)
        if found is None:
            at += 1
            continue
        value, end = found
        rank = (bool(value.unit), end - at)
        if best is None or rank >= best[0]:
            best = (rank, value)
        at = end
    return best[1] if best else None


def _amount(words: list[Word], at: int) -> tuple[Value, int] | None:
    start = at
    text = [word.text for word in words]
    if text[at] in ("a", "an") and at + 1 < len(text) and text[at + 1] in _NOTES:
        return _value(words, start, at + 2, Decimal(_NOTES[text[at + 1]]), "GBP"), at + 2
    if text[at] in ("a", "an") and at + 1 < len(text) and text[at + 1] in CURRENCIES:
        amount, at = Decimal(1), at + 1
        pair = None
    else:
        reader = Reader(words, at)
        number = reader.read()
        if number is None or (text[start] == "one" and _everyday(text, start)):
            return None
        pair, at, amount = reader.pair(), reader.at, number
    unit = _SIGNS.get(text[start][0], "")
    others: tuple[str, ...] = ()
    if pair:
        amount, others = _paired(*pair)
    currency, count = _currency(text, at)
    if currency:
        at += count
        unit = currency
        cents, at = _cents(words, text, at)
        amount += cents
    elif at < len(text) and text[at] in _CENTS:
        unit, amount, at = _CENTS[text[at]], amount / 100, at + 1
    return _value(words, start, at, amount, unit, others), at


def _everyday(text: list[str], at: int) -> bool:
    return at + 1 < len(text) and text[at + 1] in _EVERYDAY


def _paired(high: int, low: int) -> tuple[Decimal, tuple[str, ...]]:
    """ "three fifty" is 350, "nineteen ninety nine" is 19.99; the other reading goes along."""
    whole, cents = Decimal(high * 100 + low), Decimal(high) + Decimal(low) / 100
    return (
        (whole, (plain(cents),)) if high < 10 and low not in (95, 99) else (cents, (plain(whole),))
    )


def _currency(text: list[str], at: int) -> tuple[str, int]:
    for land, unit in _LANDS.items():
        after = at + len(land)
        if tuple(text[at:after]) == land and after < len(text) and text[after] in CURRENCIES:
            return unit, len(land) + 1
    if at < len(text) and text[at] in CURRENCIES:
        return CURRENCIES[text[at]], 1
    return "", 0


def _cents(words: list[Word], text: list[str], at: int) -> tuple[Decimal, int]:
    """ "and twenty cents", "fifty" after the currency."""
    start = at + 1 if at < len(text) and text[at] == "and" else at
    if start >= len(text):
        return Decimal(0), at
    reader = Reader(words, start)
    number = reader.read()
    if number is None or number >= 100 or number != int(number):
        return Decimal(0), at
    named = reader.at < len(text) and text[reader.at] in _CENTS
    if start > at and not named:
        return Decimal(0), at
    return number / 100, reader.at + named


def _value(
    words: list[Word],
    start: int,
    end: int,
    amount: Decimal,
    unit: str,
    others: tuple[str, ...] = (),
) -> Value:
    first = words[start - 1].text if start else ""
    after = [word.text for word in words[end : end + 2]]
    text = [word.text for word in words[start:end]]
    rough = first in _ABOUT or after == ["or", "so"] or "couple" in text
    rough = rough or after[:1] == ["ish"]
    return Value(
        "amount", plain(amount), words[start].start, words[end - 1].end, unit, rough, others
    )
