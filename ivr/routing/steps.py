"""Who may answer at which step of a caller's wait."""

from collections.abc import Mapping

from ivr.flow.steps import FIRST_STEP, Step, Tier
from ivr.routing.skills import Agent, is_language

DEFAULT_STEPS = (
    FIRST_STEP,
    Step(begins=20, lower=2),
    Step(begins=40, lower=2, tier=Tier.EXPERT),
    Step(begins=60, lower=4, tier=Tier.EXPERT, any_skill=True),
)
"""The hotline's own steps, for transfers that name none."""


def admits(step: Step, agent: Agent, skills: Mapping[str, int]) -> bool:
    """True if `agent` may answer a caller who needs `skills` at this step."""
    if agent.tier > step.tier:
        return False
    return all(
        agent.skills.get(skill, 0) >= max(1, least - step.lower)
        for skill, least in skills.items()
        if is_language(skill) or not step.any_skill
    )


def first_step_for(agent: Agent, skills: Mapping[str, int], steps: tuple[Step, ...]) -> int | None:
    """The first step that admits `agent`, counted from 0; None if none does."""
    return next((n for n, step in enumerate(steps) if admits(step, agent, skills)), None)
