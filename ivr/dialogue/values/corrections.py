"""Self-correction: "三千, 不对, 五千" holds a withdrawn part and the part that counts."""

import re

from ivr.dialogue.values.text import Heard, Word

RESTART_ZH = (
    r"(?:算了)?,?我?(?:重新(?:说|来|报|念)|重来|重说|从新说|从头(?:再)?(?:来|说)"
    r"|再(?:说|报|念|来)一[遍次])"
)
CORRECT_ZH = (
    r"(?:[啊哦噢呃哎诶],?)*(?:不{3,}|不不对|不对|(?:我|刚才|你)*(?:说|讲|报|搞|念)错|错(?!误)"
    r"|口误|更正|纠正"
    r"|[哦噢啊]不(?!是)|算了|不好意思|应该(?=是))了?(?:吧|啊|呀)?"
)
_MARK_ZH = re.compile(
    rf"(?:,?(?:{RESTART_ZH}|{CORRECT_ZH}))+,?(?:应该|而|改成|换成|是)*|,?不是(?P<no>[^是]*?)"
    r"[,]?(?:而|应该)?是,?|,?(?:不是|不要),?"
)

_RESTART_EN: tuple[tuple[str, ...], ...] = (
    ("start", "again"), ("start", "over"), ("scratch", "that"), ("strike", "that"),
    ("say", "that", "again"), ("begin", "again"), ("try", "again"),
)  # fmt: skip
_CORRECT_EN: tuple[tuple[str, ...], ...] = (
    ("no", "sorry"), ("no", "wait"), ("sorry",), ("i", "mean"), ("i", "meant"), ("wait",),
    ("no",), ("correction",), ("my", "mistake"), ("make", "that"), ("rather",), ("oops",),
    ("actually",), ("not",), ("my", "bad"), ("excuse", "me"),
)  # fmt: skip


def pieces_zh(heard: Heard) -> list[Heard]:
    """The text between corrections; the last one counts, earlier ones give it context."""
    pieces, last = [], 0
    for match in _MARK_ZH.finditer(heard.text):
        if match.end() == match.start():
            continue
        pieces.append(heard.part(last, match.start()))
        last = match.end()
    pieces.append(heard.part(last, len(heard.text)))
    return pieces


def marker_en(words: list[Word], at: int) -> tuple[str, int]:
    """The correction that starts at a word: ("restart" | "not" | "correct" | "", words of it)."""
    for phrase in _RESTART_EN:
        if _stands(words, at, phrase):
            return "restart", len(phrase)
    for phrase in _CORRECT_EN:
        if _stands(words, at, phrase):
            return ("not" if phrase == ("not",) else "correct"), len(phrase)
    return "", 0


def _stands(words: list[Word], at: int, phrase: tuple[str, ...]) -> bool:
    return len(words) - at >= len(phrase) and all(
        words[at + i].text == word for i, word in enumerate(phrase)
    )


def pieces_en(words: list[Word]) -> list[list[Word]]:
    """The same for English words."""
    pieces: list[list[Word]] = [[]]
    at = 0
    while at < len(words):
        how, count = marker_en(words, at)
        if how:
            pieces.append([])
            at += count
        else:
            pieces[-1].append(words[at])
            at += 1
    return pieces
