"""Generated: teams of any size for measurements, the same for the same chance."""

from typing import Protocol

from ivr.flow.need import LANGUAGE_PREFIX, Need
from ivr.flow.steps import Tier
from ivr.routing.skills import Agent, Team

SKILLS = tuple(f"skill_{number}" for number in range(12))
LANGUAGES = ("zh", "en")


class Chance(Protocol):
    """A source of random numbers, such as `random.Random`."""

    def randrange(self, start: int, stop: int) -> int:
        """A whole number from `start` to `stop` - 1."""


def big_team(agents: int, chance: Chance) -> Team:
    """Agents with 1 to 4 of 12 skills, one or both languages, and mostly the general tier."""
    return Team(tuple(_agent(number, chance) for number in range(agents)))


def all_needs() -> tuple[Need, ...]:
    """One need for each skill: with two languages a plan of 27 queues."""
    return tuple(Need({skill: 3}) for skill in SKILLS)


def _agent(number: int, chance: Chance) -> Agent:
    first = chance.randrange(0, len(LANGUAGES))
    spoken = LANGUAGES if chance.randrange(0, 3) == 0 else LANGUAGES[first : first + 1]
    skills = {f"{LANGUAGE_PREFIX}{code}": chance.randrange(3, 6) for code in spoken}
    for _ in range(chance.randrange(1, 5)):
        skills[SKILLS[chance.randrange(0, len(SKILLS))]] = chance.randrange(1, 6)
    tier = Tier(max(0, chance.randrange(0, 5) - 2))
    return Agent(f"a{number}", f"PJSIP/a{number}", skills, tier)
