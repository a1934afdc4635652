"""What a caller is told before waiting: the place in line, and the wait where it can be known."""

import math

from ivr.flow.prompt import PromptSegment
from ivr.routing.waiting_line import Estimate

LONG_MINUTES = 10
"""Beyond this nobody is told a number: the estimate is too rough by then."""


def wait_words(estimate: Estimate, language: str) -> tuple[PromptSegment, ...]:
    """One sentence, in Mandarin or English; other languages are told nothing."""
    before = estimate.position - 1
    if language.startswith("zh"):
        line = f"您前面还有{before}位客户" if before else "下一位就是您"
        return (PromptSegment(f"{line},{_zh(estimate.seconds)}请稍候。", "zh"),)
    if language.startswith("en"):
        callers = f"{before} callers are" if before != 1 else "One caller is"
        line = f"{callers} before you." if before else "You are next."
        return (PromptSegment(f"{line} {_en(estimate.seconds)}Please hold.", "en"),)
    return ()


def _zh(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return "预计等待不到一分钟,"
    if minutes > LONG_MINUTES:
        return f"预计等待超过{LONG_MINUTES}分钟,"
    return f"预计等待{minutes}分钟左右,"


def _en(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return "The wait is less than a minute. "
    if minutes > LONG_MINUTES:
        return f"The wait is more than {LONG_MINUTES} minutes. "
    return f"The wait is about {minutes} minutes. "
