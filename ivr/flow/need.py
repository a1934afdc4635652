"""Need: what a caller needs of an agent, as a flow's transfer node says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ivr.flow.steps import Step

MIN_PROFICIENCY = 1
MAX_PROFICIENCY = 5

LANGUAGE_PREFIX = "language."
LANGUAGE_LEVEL = 3
"""The least proficiency in the caller's language, unless a flow asks for another: on their own."""


@dataclass(frozen=True, slots=True)
class Need:
    """Skills with the least proficiency (1-5) an agent must have in each.

    A language is a skill too, named `language.zh`. `issue` is the class of the matter (for example
    `funds_at_risk`), `caller_tier` the class of the caller (for example `vip`), `history` what else
    is known of them (`new`, `complained`), `attempts` how often in this call nobody answered them
    or an agent sent them on; these only order the queue. `timeout` is how long, in seconds, the
    caller waits in all. `steps` widen the circle of agents with time; none means the hotline's own.
    """

    skills: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    issue: str = ""
    caller_tier: str = ""
    priority: int = 0
    timeout: int = 60
    steps: tuple[Step, ...] = ()
    history: tuple[str, ...] = ()
    attempts: int = 0


def with_language(need: Need, language: str) -> Need:
    """`need`, plus the language the caller speaks, unless it names a language itself."""
    if not language or any(skill.startswith(LANGUAGE_PREFIX) for skill in need.skills):
        return need
    skills = {**need.skills, LANGUAGE_PREFIX + language: LANGUAGE_LEVEL}
    return replace(need, skills=MappingProxyType(skills))
