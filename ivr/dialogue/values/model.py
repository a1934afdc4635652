"""What parsing a spoken value yields: the value, or the part of it that was heard."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """A whole value in its normal form.

    `normal` by kind: digits, id_number, card_number, phone, plate, letters: the characters;
    amount, percent: a plain decimal ("102.3"); date: "2025-12-03"; span: "first day/last day";
    time: "15:30" on the 24-hour clock; yes_no: "yes" or "no". `start` and `end` bound it in the
    text that was parsed. `unit` is the ISO 4217 currency where the caller named one.
    `others` are further readings, the likeliest first ("三点": 03:00, or 15:00).
    """

    kind: str
    normal: str = field(metadata={"private": True})
    start: int = 0
    end: int = 0
    unit: str = ""
    approximate: bool = False
    others: tuple[str, ...] = field(default=(), metadata={"private": True})


@dataclass(frozen=True, slots=True)
class Partial:
    """Part of a value: what is there (`heard`), and how many characters are still `missing`.

    `missing` is negative where too many were heard, and 0 where the count is right but the
    `problem` is another one. Pass it back as `held` to parse the rest when the caller says it.
    """

    kind: str
    heard: str = field(metadata={"private": True})
    missing: int = 0
    problem: str = "short"
    """One of "short", "long", "check" (a check digit fails), "birth" (no such birth date), "day"
    (a week, month or year where a day is wanted)."""
    start: int = 0
    end: int = 0

    def tell(self, language: str) -> str:
        """What to tell the caller: "已听到 12 位, 还差 4 位"."""
        count = len(self.heard)
        if language == "zh":
            return {
                "short": f"已听到 {count} 位, 还差 {self.missing} 位",
                "long": f"听到了 {count} 位, 多了 {-self.missing} 位",
                "check": "这个号码校验不对, 请再说一遍",
                "birth": "号码里的出生日期不对, 请再说一遍",
                "day": "请说具体是哪一天",
            }[self.problem]
        some = "digit" if abs(self.missing) == 1 else "digits"
        return {
            "short": f"I heard {count}, and {self.missing} more {some} are missing"
            if self.missing != 1
            else f"I heard {count}, and one more digit is missing",
            "long": f"I heard {count}, which is {-self.missing} {some} too many",
            "check": "That number does not check out, please say it again",
            "birth": "The birth date in that number is not valid, please say it again",
            "day": "Please say which day",
        }[self.problem]


Result = Value | Partial | None
