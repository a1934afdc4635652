"""CallerHistory: what is known of one caller, how a call adds to it, and what a flow sees of it."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from ivr.ports import Lesson, Profile

MAX_CHOICES = 200
"""Different choices kept of one caller; the least used one makes room."""

ANNOYED_BY_NOMATCHES = 3
"""So often misunderstood, or gone from the queue: the caller is annoyed until a call goes well."""

COMPLAINED_DAYS = 30
"""For so long a complaint counts as recent, unless the settings say otherwise."""

MIN_DIGITS = 3
"""A shorter number is no caller's: withheld, anonymous, an extension of the switch."""


@dataclass(frozen=True, slots=True)
class CallerHistory:
    """`used` maps "flow.menu.choice" to how often it was chosen; `complained` is the day they last
    complained or sounded annoyed, None if never."""

    tier: str = ""
    calls: int = 0
    annoyed: bool = False
    used: dict[str, int] = field(default_factory=dict)
    complained: date | None = None

    def profile(self, today: date, complained_days: int = COMPLAINED_DAYS) -> Profile:
        """As `CallStarted.profile` has it."""
        found: dict[str, str | int | float | bool] = {"calls": self.calls, "annoyed": self.annoyed}
        if self.tier:
            found["tier"] = self.tier
        if self.complained and today - self.complained <= timedelta(days=complained_days):
            found["complained"] = True
        return found | {f"used.{choice}": count for choice, count in self.used.items()}

    def after(self, lesson: Lesson, today: date) -> "CallerHistory":
        """What is known once this call is over."""
        used = dict(self.used)
        for choice in lesson.choices:
            used[choice] = used.pop(choice, 0) + 1
        ranked = sorted(used.items(), key=lambda one: -one[1])[:MAX_CHOICES]
        annoyed = lesson.outcome == "abandoned" or lesson.nomatches >= ANNOYED_BY_NOMATCHES
        return replace(
            self,
            calls=self.calls + 1,
            annoyed=annoyed,
            used=dict(ranked),
            complained=today if lesson.complained else self.complained,
        )


def known_by(caller: str, key: bytes) -> str:
    """What stands for a caller's number: its keyed hash (HMAC-SHA-256), "" for no number.

    Without the key nobody can try out numbers, of which there are too few for a plain hash.
    """
    digits = "".join(char for char in caller if char.isdigit())
    if len(digits) < MIN_DIGITS:
        return ""
    return hmac.new(key, digits.encode(), hashlib.sha256).hexdigest()
