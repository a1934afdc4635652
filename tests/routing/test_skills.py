import pytest

from ivr.flow.steps import Tier
from ivr.routing.skills import Agent, Presence, Team


def agent(**changes: object) -> Agent:
    values: dict[str, object] = {
        "name": "wang",
        "interface": "PJSIP/agent-wang",
        "skills": {"card_loss": 3, "language.zh": 5},
        **changes,
    }
    return Agent(**values)  # type: ignore[arg-type]


def test_an_agent_knows_their_languages() -> None:
    skills = {"loans": 1, "language.zh": 5, "language.en": 2}
    assert agent(skills=skills).languages == ("en", "zh")


def test_skills_cannot_be_changed_from_outside() -> None:
    skills = {"loans": 1}
    made = agent(skills=skills)
    skills["loans"] = 5
    assert made.skills["loans"] == 1
    with pytest.raises(TypeError):
        made.skills["loans"] = 5  # type: ignore[index]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "Wang"}, "not an agent's name"),
        ({"name": "w" * 41}, "at most 40"),
        ({"interface": "SIP/wang"}, "expected PJSIP/NAME"),
        ({"interface": "PJSIP/wang\r\nAction: Originate"}, "not a telephone"),
        ({"interface": "PJSIP/wang,1"}, "not a telephone"),
        ({"contact": "http://10.0.0.1"}, "not a SIP address"),
        ({"contact": "sip:1@h\n"}, "not a SIP address"),
        ({"state_interface": "Custom:x"}, "not a telephone"),
        ({"skills": {}}, "has no skills"),
        ({"skills": {"loans": 0}}, "0 is not a proficiency"),
        ({"skills": {"loans": 6}}, "6 is not a proficiency"),
        ({"skills": {"loans": True}}, "True is not a proficiency"),
        ({"skills": {"Loans": 3}}, "not a skill's name"),
        ({"skills": {"a.b.c": 3}}, "not a skill's name"),
    ],
)
def test_an_agent_that_cannot_be_used_is_refused(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        agent(**changes)


@pytest.mark.parametrize(
    "interface", ["PJSIP/agent-wang", "Local/1001@agents/n", "Local/1001@agents"]
)
def test_telephones_that_app_queue_rings(interface: str) -> None:
    assert agent(interface=interface).interface == interface


def test_a_team_has_no_doubles() -> None:
    with pytest.raises(ValueError, match="the name 'wang'"):
        Team((agent(), agent(interface="PJSIP/other")))
    with pytest.raises(ValueError, match="the interface 'PJSIP/agent-wang'"):
        Team((agent(), agent(name="li")))
    assert Team((agent(),)).agent("li") is None


def test_tiers_rise_and_presence_tells_who_will_come_back() -> None:
    assert Tier.GENERAL < Tier.SPECIALIST < Tier.EXPERT
    assert {p for p in Presence if not p.logged_in} == {Presence.PAUSED, Presence.OFFLINE}
