"""Steps: how the circle of agents who may answer a waiting caller widens with time."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ivr.routing.skills import Agent, Tier, is_language

MAX_STEPS = 8
MAX_EXPIRES = 3600


@dataclass(frozen=True, slots=True)
class Step:
    """From `expires` seconds of waiting on, these agents may answer as well.

    `lower` is how many levels below the asked proficiency will do. `tier` is the dearest tier
    rung. `any_skill` admits everybody who speaks the language, whatever else they know.
    """

    expires: int
    lower: int = 0
    tier: Tier = Tier.SPECIALIST
    any_skill: bool = False

    def admits(self, agent: Agent, skills: Mapping[str, int]) -> bool:
        """True if `agent` may answer a caller who needs `skills` at this step."""
        if agent.tier > self.tier:
            return False
        return all(
            agent.skills.get(skill, 0) >= max(1, least - self.lower)
            for skill, least in skills.items()
            if is_language(skill) or not self.any_skill
        )


FIRST_STEP = Step(expires=0)

DEFAULT_STEPS = (
    FIRST_STEP,
    Step(expires=20, lower=2),
    Step(expires=40, lower=2, tier=Tier.EXPERT),
    Step(expires=60, lower=4, tier=Tier.EXPERT, any_skill=True),
)


def check_steps(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The same steps, if they can be used.

    Raises:
        ValueError: if there are none or too many, if the first does not start at once, or if times
            do not rise.
    """
    if not 1 <= len(steps) <= MAX_STEPS:
        raise ValueError(f"{len(steps)} steps: expected 1 to {MAX_STEPS}")
    if steps[0].expires != 0:
        raise ValueError("the first step must begin at 0 seconds")
    times = [step.expires for step in steps]
    if any(later <= earlier for earlier, later in pairwise(times)):
        raise ValueError(f"steps must expire one after the other, not at {times} seconds")
    if times[-1] > MAX_EXPIRES:
        raise ValueError(f"a step expires after {times[-1]} seconds: at most {MAX_EXPIRES}")
    return steps


def first_step_for(agent: Agent, skills: Mapping[str, int], steps: tuple[Step, ...]) -> int | None:
    """The first step that admits `agent`, counted from 0; None if none does."""
    return next((n for n, step in enumerate(steps) if step.admits(agent, skills)), None)
