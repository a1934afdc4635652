"""Steps: how the circle of agents who may answer a waiting caller widens with time."""

from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

MAX_STEPS = 8
MAX_BEGINS = 3600
MAX_LOWER = 4


class Tier(IntEnum):
    """How dear an agent's time is; calls climb from general to expert."""

    GENERAL = 0
    SPECIALIST = 1
    EXPERT = 2

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Step:
    """From `begins` seconds of waiting on, these agents may answer as well.

    `lower` is how many levels below the asked proficiency will do. `tier` is the dearest tier
    rung. `any_skill` admits everybody who speaks the language, whatever else they know.
    """

    begins: int
    lower: int = 0
    tier: Tier = Tier.SPECIALIST
    any_skill: bool = False


FIRST_STEP = Step(begins=0)


def check_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The same steps, if they can be used.

    Raises:
        ValueError: if there are none or too many, if the first does not start at once, or if times
            do not rise.
    """
    if not 1 <= len(steps) <= MAX_STEPS:
        raise ValueError(f"{len(steps)} steps: expected 1 to {MAX_STEPS}")
    if steps[0].begins != 0:
        raise ValueError("the first step must begin at 0 seconds")
    times = [step.begins for step in steps]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError(f"steps must begin one after the other, not at {times} seconds")
    if times[-1] > MAX_BEGINS:
        raise ValueError(f"a step begins after {times[-1]} seconds: at most {MAX_BEGINS}")
    return steps
