"""Teams, needs and attendance for the tests of routing."""

from hypothesis import strategies as st

from ivr.flow.need import Need
from ivr.flow.steps import Tier
from ivr.routing.attendance import Attendance
from ivr.routing.queues import QueuePlan
from ivr.routing.skills import Agent, Presence, Team

SKILLS = ("card_loss", "loans", "wealth")
LANGUAGES = ("language.zh", "language.en")


def make(name: str, tier: Tier = Tier.GENERAL, **skills: int) -> Agent:
    """An agent; `zh=5` stands for language.zh, `en=` likewise."""
    full = {f"language.{s}" if s in ("zh", "en") else s: level for s, level in skills.items()}
    return Agent(name, f"PJSIP/agent-{name}", full, tier)


def everybody(plan: QueuePlan, presence: Presence = Presence.READY) -> Attendance:
    attendance = Attendance(plan)
    attendance.set_all(presence)
    return attendance


levels = st.integers(1, 5)

needs = st.builds(
    Need,
    skills=st.dictionaries(st.sampled_from(SKILLS), levels, max_size=2),
    issue=st.sampled_from(["", "funds_at_risk", "complaint"]),
    caller_tier=st.sampled_from(["", "vip", "elderly", "unheard_of"]),
    history=st.sampled_from([(), ("new",), ("complained",), ("new", "complained")]),
    priority=st.integers(-100, 100),
)


@st.composite
def teams(draw: st.DrawFn, most: int = 8) -> Team:
    """Up to `most` agents, each with at least one language."""
    agents = []
    for number in range(draw(st.integers(0, most))):
        skills = draw(st.dictionaries(st.sampled_from(SKILLS), levels, max_size=3))
        languages = draw(st.dictionaries(st.sampled_from(LANGUAGES), levels, min_size=1))
        tier = draw(st.sampled_from(Tier))
        name = f"a{number}"
        agents.append(Agent(name, f"PJSIP/{name}", {**skills, **languages}, tier))
    return Team(tuple(agents), dict.fromkeys((*SKILLS, *LANGUAGES), ""))
