from pathlib import Path

import pytest

from ivr.errors import AsteriskError
from ivr.flow.need import Need
from ivr.routing.agents_file import load_agents
from ivr.routing.queues import plan_queues
from ivr.routing.skills import Agent, Team
from ivr.telephony.private_asterisk.plan import (
    AsteriskPlan,
    AsteriskQueue,
    StaticMember,
    plan_from_json,
    plan_to_json,
)
from ivr.telephony.private_asterisk.renderer import rendered
from ivr.telephony.private_asterisk.routing_plan import (
    agent_phones,
    asterisk_queues,
    asterisk_rules,
)

TEAM = Team(
    (
        Agent("wang", "PJSIP/agent-wang", {"loans": 3, "language.zh": 5}),
        Agent("li", "Local/1001@agents/n", {"language.zh": 3}, state_interface="PJSIP/agent-li"),
    )
)
QUEUES = plan_queues([Need({"loans": 3}, issue="funds_at_risk")], ["zh"], TEAM)


def plan(folder: Path) -> AsteriskPlan:
    return AsteriskPlan(folder, queues=asterisk_queues(QUEUES), rules=asterisk_rules(QUEUES))


def test_only_fallback_has_its_members_in_the_file(tmp_path: Path) -> None:
    text = rendered(plan(tmp_path), tmp_path)["queues.conf"]
    assert text.rstrip().endswith(
        "[fallback](ivr-queue)\n"
        "weight = 0\n"
        "member => Local/1001@agents/n,1,li,PJSIP/agent-li\n"
        "member => PJSIP/agent-wang,1,wang\n"
        "\n"
        "[zh](ivr-queue)\n"
        "weight = 0\n"
        "\n"
        "[zh-loans.3-funds_at_risk](ivr-queue)\n"
        "weight = 10"
    )


def test_rules_widen_on_time(tmp_path: Path) -> None:
    text = rendered(plan(tmp_path), tmp_path)["queuerules.conf"]
    assert "[relax-40-60-from-1]\npenaltychange => 40,30,0\npenaltychange => 60,40,0\n" in text


def test_a_plan_with_members_survives_its_file(tmp_path: Path) -> None:
    before = plan(tmp_path)
    assert plan_from_json(plan_to_json(before)) == before


@pytest.mark.parametrize(
    "member",
    [
        StaticMember(""),
        StaticMember("PJSIP/a,9"),
        StaticMember("PJSIP/a\nmember => PJSIP/b"),
        StaticMember("PJSIP/a", name="x;y"),
        StaticMember("PJSIP/a", penalty=-1),
    ],
)
def test_members_that_would_break_the_file(tmp_path: Path, member: StaticMember) -> None:
    with pytest.raises(AsteriskError):
        AsteriskPlan(tmp_path, queues=(AsteriskQueue("q", members=(member,)),))


def test_phones_with_a_password_or_a_contact() -> None:
    fixed = Agent("sun", "PJSIP/agent-sun", {"language.zh": 3}, contact="sip:sun@127.0.0.1:5071")
    team = Team((*TEAM.agents, fixed))
    phones = agent_phones(team, {"wang": "secret", "sun": "not used", "li": "not ours"})
    assert [(p.name, p.password, p.contact) for p in phones] == [
        ("wang", "secret", ""),
        ("sun", "", "sip:sun@127.0.0.1:5071"),
    ]
    assert agent_phones(TEAM, {}) == ()


def test_the_banks_agents_fit(tmp_path: Path) -> None:
    team = load_agents(Path(__file__).parents[3] / "flows" / "agents.yaml")
    phones = agent_phones(team, dict.fromkeys((agent.name for agent in team.agents), "secret"))
    assert [phone.name for phone in phones] == [agent.name for agent in team.agents]
    AsteriskPlan(tmp_path, agents=phones)
